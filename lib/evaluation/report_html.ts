import { Marked, type Tokens } from "marked";
import { REPORT_STYLE } from "./report_style.ts";

/**
 * The report as one file that needs no other: its Markdown with the pictures drawn in. Nothing is
 * loaded from anywhere and nothing runs; it reads in light and dark and prints.
 *
 * @param markdown the report; names of strangers in it are escaped already
 * @param pictures SVG documents by the file names that the Markdown links
 */
export function reportHtml(markdown: string, pictures: ReadonlyMap<string, string>): string {
  const sections: { id: string; title: string }[] = [];
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const title = this.parser.parseInline(tokens);
        const id = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
        if (depth === 2) sections.push({ id, title });
        return `<h${depth} id="${id}">${title}</h${depth}>\n`;
      },
      image({ href }: Tokens.Image) {
        return `<figure>${pictures.get(href) ?? ""}</figure>`;
      },
    },
  });
  const body = marked.parse(markdown, { async: false })
    .replaceAll("<table>", '<div class="table"><table>')
    .replaceAll("</table>", "</table></div>");
  const contents = sections.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Rebalance report</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<nav aria-label="Contents">
${contents}
</nav>
<main>
${body}</main>
</body>
</html>
`;
}
