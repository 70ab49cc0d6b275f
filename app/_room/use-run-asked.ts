import { useEffect } from 'react';
import type { RunControls } from './run-controls.ts';

/** At an address that ends in ?run it trains once, as soon as this person may: "see it happen". */
export function useRunAsked({ allowed, label, toggle }: RunControls): void {
  useEffect(() => {
    const address = new URL(location.href);
    if (!allowed || label !== 'Run' || !address.searchParams.has('run')) return;
    address.searchParams.delete('run');
    history.replaceState(history.state, '', address);
    toggle();
  });
}
