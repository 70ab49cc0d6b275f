/** What a control does with the value under a person's hand. */
export interface Hand {
  /** Held, not released: seen by the others, not written. */
  readonly onDrag: (value: number | string) => void;
  readonly onSet: (value: number | string) => void;
  /** Let go without a change. */
  readonly onCancel: () => void;
}
