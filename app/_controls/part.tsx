'use client';
import { useEffect, useState, type ComponentType, type ReactNode } from 'react';
import styles from './part.module.css';

/**
 * A part of a page that comes when it is first shown. Unlike React's `lazy`, one that does not arrive says so in its own place and is
 * asked for again, and one that is here already is shown at once: a suspended one stays away for 300 ms.
 */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let here: ComponentType<Props> | null = null;

  return function Part(props: Props): ReactNode {
    const [shown, setShown] = useState(() => ({ Component: here }));
    const [failures, setFailures] = useState(0);
    const [asked, setAsked] = useState(0);
    useEffect(() => {
      if (here !== null) return undefined;
      let gone = false;
      load().then(
        (Component) => {
          here = Component;
          if (!gone) setShown({ Component });
        },
        () => {
          if (!gone) setFailures((count) => count + 1);
        },
      );
      return () => {
        gone = true;
      };
    }, [asked]);
    if (shown.Component !== null) return <shown.Component {...props} />;
    if (failures <= asked) return null;
    return (
      <div className={styles['missing']} role="alert">
        <p>This part of the page did not arrive. Is the line up?</p>
        <button
          type="button"
          onClick={() => {
            setAsked(failures);
          }}
        >
          Ask for it again
        </button>
      </div>
    );
  };
}
