'use client';
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import outlined from './outlined.module.css';
import styles from './part.module.css';

/**
 * A part of a page that comes when it is first shown. Unlike React's `lazy`, one that does not arrive says so in its own place and is
 * asked for again, and one that is here already is shown at once: a suspended one stays away for 300 ms.
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let here: ComponentType<Props> | null = null;

  return function Part(props: Props): ReactNode {
    const [shown, setShown] = useState(() => ({ Component: here }));
    const [missing, setMissing] = useState(false);
    useEffect(() => {
      if (here !== null || missing) return undefined;
      let gone = false;
      load().then(
        (Component) => {
          here = Component;
          if (!gone) setShown({ Component });
        },
        () => {
          if (!gone) setMissing(true);
        },
      );
      return () => {
        gone = true;
      };
    }, [missing]);
    if (shown.Component !== null) return <shown.Component {...props} />;
    if (!missing) return null;
    return (
      <div className={styles['missing']} role="alert">
        <p>This part of the page did not arrive. Is the line up?</p>
        <button
          type="button"
          className={outlined['outlined']}
          onClick={() => {
            setMissing(false);
          }}
        >
          Ask for it again
        </button>
      </div>
    );
  };
}
