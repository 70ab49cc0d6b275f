/** The ledger for people: a table for each subject, then what differs and what wrong models did. */
import type { Subject } from './experiment.ts';
import type { Ledger, LedgerClaim } from './ledger.ts';

export function ledgerAsMarkdown({ machine, claims }: Ledger, subjects: readonly Subject[]): string {
  const count = (status: LedgerClaim['status']): number => claims.filter((claim) => claim.status === status).length;
  const sections = subjects
    .map((subject) => ({ subject, own: claims.filter(({ experiment }) => experiment === subject.key) }))
    .filter(({ own }) => own.length > 0)
    .map(({ subject, own }) => sectionOf(subject, own));
  return `# Ledger

Written by \`npm run claims\` on ${machine}: ${claims.length} claims, of which ${count('holds')} hold, ${count('differs')} differ from the paper's words
and ${count('fails')} fail. What a claim is and how it is judged: [README.md](README.md).

${sections.join('\n\n')}
`;
}

function sectionOf({ title, section }: Subject, claims: readonly LedgerClaim[]): string {
  const rows = claims.map(
    (claim) =>
      `| ${cell(claim.sentence)} | ${cell(claim.measured)} | ${cell(claim.expected)} | ${cell(claim.tolerance)} | ${claim.kind} | ${claim.status} | ${claim.seconds.toFixed(1)} |`,
  );
  return [
    `## ${title}`,
    '',
    `_${section}_`,
    '',
    '| claim | measured | expected | tolerance | kind | status | seconds |',
    '| --- | --- | --- | --- | --- | --- | ---: |',
    ...rows,
    ...claims.flatMap(remarksOf),
  ].join('\n');
}

function remarksOf({ id, reason, nulls }: LedgerClaim): readonly string[] {
  const wrong = nulls.map(({ words, passed, of }) => `${passed} of ${of} (${words})`).join(', ');
  return [
    ...(reason === undefined ? [] : ['', `\`${id}\` differs: ${reason}`]),
    ...(nulls.length === 0 ? [] : ['', `\`${id}\`, wrong models that pass: ${wrong}.`]),
  ];
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
