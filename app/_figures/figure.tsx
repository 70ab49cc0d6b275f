'use client';
/** What every figure stands in: a title, the drawing at the size there is, a caption, the same data as a table, and files of both. */
import { useRef, useState, type ReactNode } from 'react';
import { FigureMenu, type Format } from './figure-menu.tsx';
import styles from './figure.module.css';
import { csvOf, formatEntry, READ_ROWS, readRows, type FigureTable } from './table.ts';
import { useSize, type Size } from './use-size.ts';

interface FigureProps {
  readonly title: ReactNode;
  /** In plain words, for files and screen readers. */
  readonly name: string;
  /** Beside the title: what the colours or lengths mean. */
  readonly legend?: ReactNode;
  /** What to look for. */
  readonly caption: string;
  /** Made only when it is asked for; its first `most` rows are enough then. */
  readonly table: (most?: number) => FigureTable;
  /** What the keyboard has come to: told to screen readers while the focus is here. */
  readonly said?: string;
  readonly testId: string;
  readonly className?: string;
  /** An SVG that may be drawn before its size is known, scaled to fit: by the server, too. */
  readonly early?: boolean;
  /** As high as what it holds, its caption beside the title: its drawing needs no size, and may be made by the server. */
  readonly flow?: boolean;
  /** Between the drawing and its caption. */
  readonly foot?: ReactNode;
  /** Over the drawing, at its size: pins, cursors. */
  readonly overlay?: Overlay | undefined;
  readonly children: (size: Size) => ReactNode;
}

export type Overlay = (size: Size) => ReactNode;

export function Figure({ title, legend, className = '', ...props }: FigureProps): ReactNode {
  const { name, caption, table, said = '', testId, early = false, flow = false, foot, overlay, children } = props;
  const [asTable, setAsTable] = useState(false);
  const [focused, setFocused] = useState(false);
  const [problem, setProblem] = useState('');
  const [ref, size] = useSize();
  const figure = useRef<HTMLElement>(null);
  const save = (format: Format): void => {
    saveFigure(figure.current, format, { name, caption, table }).then(
      () => setProblem(''),
      (error: unknown) => setProblem(`Not saved: ${error instanceof Error ? error.message : String(error)}.`),
    );
  };
  const captioned = (
    <figcaption className={styles['caption']} title={caption}>
      {problem === '' ? caption : <span role="alert">{problem}</span>}
    </figcaption>
  );
  return (
    <figure ref={figure} className={`${styles['figure'] ?? ''} ${className}`} data-testid={testId} aria-label={name}>
      <div className={styles['head']} data-part="head">
        <h2 className={styles['title']}>{title}</h2>
        {flow ? captioned : <span className={styles['legend']}>{legend}</span>}
        <FigureMenu asTable={asTable} onTable={setAsTable} onSave={save} />
      </div>
      <div
        className={styles['body']}
        ref={ref}
        data-flow={flow ? '' : undefined}
        onFocus={() => {
          setFocused(true);
        }}
        onBlur={() => {
          setFocused(false);
        }}
      >
        {asTable ? <DataTable {...table(READ_ROWS)} name={name} /> : null}
        {/* Hidden it is still there: a file may be made of it while the table is read. */}
        <div className={styles['drawing']} data-part="drawing" data-behind={asTable ? '' : undefined} inert={asTable}>
          {flow ? children(size ?? NO_SIZE) : size === null ? early && <Early>{children}</Early> : children(size)}
        </div>
        {asTable || size === null ? null : overlay?.(size)}
      </div>
      <span className="visually-hidden" aria-live="polite">
        {focused ? said : ''}
      </span>
      {foot}
      {flow ? null : captioned}
    </figure>
  );
}

async function saveFigure(
  figure: HTMLElement | null,
  format: Format,
  { name, caption, table }: Pick<FigureProps, 'name' | 'caption' | 'table'>,
): Promise<void> {
  const [head, drawing] = [figure?.querySelector('[data-part=head]'), figure?.querySelector('[data-part=drawing]')];
  if (head === null || head === undefined || drawing === null || drawing === undefined) return;
  // Nobody waits for what is seldom pressed.
  const [{ pngOf, saveFile }, { svgOf }] = await Promise.all([import('./save.ts'), import('./svg.ts')]);
  const file = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.${format}`;
  if (format === 'csv') saveFile(file, new Blob([csvOf(table())], { type: 'text/csv' }));
  else {
    const svg = svgOf(head, drawing, { title: name, caption });
    saveFile(file, format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await pngOf(svg));
  }
}

const NO_SIZE: Size = { width: 0, height: 0 };

/** About what the large figure has on a desktop, px. */
const USUAL_SIZE: Size = { width: 460, height: 460 };

function Early({ children }: Pick<FigureProps, 'children'>): ReactNode {
  const { width, height } = USUAL_SIZE;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height="100%">
      {children(USUAL_SIZE)}
    </svg>
  );
}

function DataTable({ name, ...table }: FigureTable & { readonly name: string }): ReactNode {
  const { columns } = table;
  const { rows, words } = readRows(table);
  return (
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label={`Data of the figure: ${name}`}>
      {words === '' ? null : <p className={styles['part']}>{words}</p>}
      <table className={styles['table']}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col">
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = '', ...entries], row) => (
            <tr key={row}>
              <th scope="row">{formatEntry(first, columns[0])}</th>
              {entries.map((entry, column) => (
                <td key={column}>{formatEntry(entry, columns[column + 1])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
