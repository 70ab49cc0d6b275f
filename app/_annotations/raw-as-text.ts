/** Of a tree of HTML, as remark makes it. */
interface HtmlNode {
  type: string;
  children?: HtmlNode[];
}

/** HTML that somebody typed is what they typed: `<W, b>` is seen, not obeyed and not swallowed. */
export const rawAsText = () => (tree: HtmlNode) => {
  if (tree.type === 'raw') tree.type = 'text';
  tree.children?.forEach(rawAsText());
};
