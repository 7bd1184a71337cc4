/** The part of an OpenAPI document that the page shows. */
interface Document {
  info: { title: string; version: string; description?: string };
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown> };
}

interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: { content?: Record<string, { schema?: unknown }> };
  responses?: Record<
    string,
    { description?: string; content?: Record<string, { schema?: unknown }> }
  >;
}

const CSS = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8886; overflow-wrap: anywhere; }
code, pre { font: 14px/1.4 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem; border: 1px solid #8886; border-radius: 6px; max-height: 24rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top; }
summary { cursor: pointer; }
`;

/** A page for reading the API, without scripts and without anything from elsewhere. */
export function docsPage(document: Document): { html: string; css: string } {
  const { title, version, description } = document.info;
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>)
      .map(([method, operation]) => section(method, path, operation))
  );
  const schemas = Object.entries(document.components?.schemas ?? {}).map(([name, schema]) =>
    `<h3 id="${escape(name)}">${escape(name)}</h3>${block(schema)}`
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} API</title><link rel="stylesheet" href="/docs.css"></head><body>
<h1>${escape(title)} API ${escape(version)}</h1><p>${escape(description ?? "")}</p>
<p>The same as a document for programs: <a href="/openapi.json">openapi.json</a>.</p>
${operations.join("\n")}
<h2>Shapes</h2>${schemas.join("\n")}</body></html>`;
  return { html, css: CSS };
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map((p) =>
    `<tr><td><code>${escape(p.name)}</code></td><td>${p.in}${
      p.required ? ", required" : ""
    }</td><td><code>${escape(JSON.stringify(p.schema ?? {}))}</code></td></tr>`
  );
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) =>
    fold(`Body: ${type}`, schema)
  );
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const contents = Object.entries(response.content ?? {});
    const shapes = contents.map(([type, { schema }]) => fold(type, schema)).join("");
    return `<tr><td><code>${status}</code></td><td>${
      escape(response.description ?? "")
    }${shapes}</td></tr>`;
  });
  return `<h2><code>${method.toUpperCase()} ${escape(path)}</code></h2>
<p>${escape(operation.summary ?? "")}. ${escape(operation.description ?? "")}</p>
${parameters.length === 0 ? "" : `<table>${parameters.join("")}</table>`}
${bodies.join("")}<table>${responses.join("")}</table>`;
}

function fold(title: string, schema: unknown): string {
  return `<details><summary>${escape(title)}</summary>${block(schema)}</details>`;
}

function block(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, null, 2) ?? "")}</pre>`;
}

function escape(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (c) => entities[c]);
}
