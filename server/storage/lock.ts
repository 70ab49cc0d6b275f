/**
 * A lock on a file, of the operating system's: it ends with its process however that ends, the number of a process that another got
 * meanwhile cannot be mistaken for it, and it holds between containers that share the file. SQLite takes it the same way everywhere.
 */
import Database from 'libsql';

/** → how to let go of it, or undefined where another has it. */
export function takeLock(file: string): (() => void) | undefined {
  const lock = new Database(file);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return () => {
    lock.close();
  };
}
