'use client';
import { Contrast } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { IconButton } from '../_controls/icon-button.tsx';
import { rememberTheme, theme, type Theme } from '../_session/memory.ts';

/** Paper as the system has it, until somebody chooses. */
export function ThemeButton(): ReactNode {
  useEffect(() => {
    show(theme());
  }, []);
  return (
    <IconButton size="large" label="Light or dark" onClick={turn}>
      <Contrast size={16} />
    </IconButton>
  );
}

function turn(): void {
  const dark = getComputedStyle(document.documentElement).colorScheme;
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const now = dark === 'light dark' ? system : dark;
  const next = now === 'dark' ? 'light' : 'dark';
  rememberTheme(next);
  show(next);
}

function show(choice: Theme): void {
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
}
