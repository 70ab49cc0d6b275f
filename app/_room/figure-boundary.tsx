'use client';
import { Component, type ReactNode } from 'react';
import styles from './room.module.css';

interface BoundaryState {
  readonly failed: boolean;
}

/** A figure that cannot be drawn says so in its own place: the room goes on around it. */
export class FigureBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { failed: false };

  static getDerivedStateFromError(): BoundaryState {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className={styles['broken']} role="alert">
        <p>This figure could not be drawn. The run is safe.</p>
        <button
          type="button"
          onClick={() => {
            this.setState({ failed: false });
          }}
        >
          Draw it again
        </button>
      </div>
    );
  }
}
