/** What a note may consist of. No pictures: they would tell another site who reads this room. */
import { defaultSchema, type Options } from 'rehype-sanitize';

const LEFT_OUT = ['img', 'picture', 'source', 'input'];

export const NOTE_SCHEMA: Options = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => !LEFT_OUT.includes(name)),
  attributes: {
    ...defaultSchema.attributes,
    // How remark-math marks what is mathematics.
    code: [['className', /^language-./, 'math-inline', 'math-display']],
  },
  protocols: { href: ['http', 'https', 'mailto', 'person'] },
};
