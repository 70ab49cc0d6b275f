import { trainerContract } from '../trainer.contract.ts';
import { createReferenceTrainer } from './trainer.ts';

// Its state is rounded to float32 between steps; all else is the float64 it is measured against.
trainerContract('reference', createReferenceTrainer, { gradient: 1e-7, loss: 1e-11 });
