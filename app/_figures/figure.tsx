'use client';
/** What every figure stands in: a title, the drawing at the size there is, a caption, and the same data as a table. */
import { ChartScatter, Table2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import styles from './figure.module.css';
import { useSize, type Size } from './use-size.ts';

export interface FigureTable {
  readonly columns: readonly string[];
  /** The first entry of each row names it. */
  readonly rows: readonly (readonly string[])[];
}

interface FigureProps {
  readonly title: ReactNode;
  /** Beside the title: what the colours or lengths mean. */
  readonly legend?: ReactNode;
  readonly caption?: ReactNode;
  /** Made only when it is asked for. */
  readonly table: () => FigureTable;
  readonly testId: string;
  readonly className?: string;
  /** An SVG that may be drawn before its size is known, scaled to fit: by the server, too. */
  readonly early?: boolean;
  readonly children: (size: Size) => ReactNode;
}

export function Figure({
  title,
  legend,
  caption,
  table,
  testId,
  className = '',
  early = false,
  children,
}: FigureProps): ReactNode {
  const [asTable, setAsTable] = useState(false);
  const [ref, size] = useSize();
  return (
    <figure className={`${styles['figure'] ?? ''} ${className}`} data-testid={testId}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{title}</h2>
        <span className={styles['legend']}>{legend}</span>
        <button
          type="button"
          className={styles['toggle']}
          aria-pressed={asTable}
          aria-label={asTable ? 'Show the figure' : 'Show the data as a table'}
          title={asTable ? 'Figure' : 'Table'}
          onClick={() => {
            setAsTable(!asTable);
          }}
        >
          {asTable ? <ChartScatter size={14} /> : <Table2 size={14} />}
        </button>
      </div>
      <div className={styles['body']} ref={ref}>
        {asTable ? (
          <DataTable {...table()} />
        ) : (
          <div className={styles['drawing']}>{size === null ? early && <Early>{children}</Early> : children(size)}</div>
        )}
      </div>
      {caption === undefined ? null : <figcaption className={styles['caption']}>{caption}</figcaption>}
    </figure>
  );
}

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

function DataTable({ columns, rows }: FigureTable): ReactNode {
  return (
    <div className={styles['scroll']} tabIndex={0} role="region" aria-label="Data of the figure">
      <table className={styles['table']}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{name}</th>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
