import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './_room/message.module.css';

export default function NotFound(): ReactNode {
  return (
    <main className={styles['message']}>
      <h1>There is no page here.</h1>
      <p>The address may be mistyped. Rooms are at the address that was shared with you, in full.</p>
      <Link href="/">To the home page</Link>
    </main>
  );
}
