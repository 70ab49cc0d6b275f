'use client';
/**
 * Two ways to train the experiment, each in one press: quickly, and as the paper's notebook does. Neither is on where a value is
 * another: then it is said which.
 */
import type { ReactNode } from 'react';
import { isTrainedBy, NOTEBOOK_TRAINING, type Training, type TrainingName } from '#lib/experiments/training';
import { mayEdit } from '../_session/may.ts';
import { useActions, useSession } from '../_session/react.tsx';
import styles from './room.module.css';
import { ownTrainingWords } from './words.ts';

const WORDS: Readonly<Record<TrainingName, readonly [label: string, help: string]>> = {
  quick: ['Quick', 'A high learning rate that falls, and few samples: the same best models in about a second'],
  notebook: ['Notebook', 'As the paper’s notebook trains: 10,000 steps of 1,024 samples at a constant rate'],
};

export function TrainingSwitch({ quick }: { readonly quick: Training }): ReactNode {
  return (
    <fieldset className={styles['trainings']} data-testid="training">
      <legend className="visually-hidden">How it is trained</legend>
      <Way name="quick" training={quick} />
      <Way name="notebook" training={NOTEBOOK_TRAINING} />
    </fieldset>
  );
}

/** Below the group's name; nothing where one of the two is on. */
export function OwnTraining({ quick }: { readonly quick: Training }): ReactNode {
  const words = useSession(({ parameters }) => ownTrainingWords(parameters, quick));
  return words === '' ? null : (
    <p className={styles['ownTraining']} data-testid="own-training">
      {words}
    </p>
  );
}

function Way({ name, training }: { readonly name: TrainingName; readonly training: Training }): ReactNode {
  const chosen = useSession(({ parameters }) => isTrainedBy(parameters, training));
  const allowed = useSession(mayEdit);
  const { set } = useActions();
  const [label, help] = WORDS[name];
  return (
    <label className={styles['place']} title={help}>
      <input
        type="radio"
        name="training"
        checked={chosen}
        disabled={!allowed}
        onChange={() => {
          set(training);
        }}
      />
      {label}
    </label>
  );
}
