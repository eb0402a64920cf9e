import { Fragment, memo, useMemo, type ReactNode } from "react";
import type { MarkedToken, Token, Tokens } from "marked";
import { Formula } from "./formula.tsx";
import { isMaths, parseText } from "./parse-text.ts";
import { visibleText } from "./visible-text.ts";

/** Text of a model as React elements from this list and no other; settled text is parsed once. */
export const RichText = memo(function RichText({ text }: { readonly text: string }) {
  const parsed = useMemo(() => {
    const visible = visibleText(text);
    return parseText(visible) ?? visible;
  }, [text]);
  return <div className="rich-text">{typeof parsed === "string" ? <p className="whitespace-pre-wrap">{parsed}</p> : nodes(parsed)}</div>;
});

/** Deeper than anyone nests; a browser lays out what is thousands deep slowly or not at all. */
const deepest = 24;

// A token has no identity but its place, and the tokens of a text never change.
const nodes = (tokens: readonly Token[] | undefined, depth = 0): ReactNode =>
  (tokens ?? []).map((token, index) => <Fragment key={index}>{depth > deepest ? token.raw : node(token, depth + 1)}</Fragment>);

const kinds: ReadonlySet<string> = new Set([
  "space", "def", "paragraph", "text", "escape", "strong", "em", "del", "codespan", "br", "hr", "heading", "code", "blockquote",
  "list", "list_item", "checkbox", "table", "link", "image", "html",
] satisfies MarkedToken["type"][]);

/** The lexer's own kinds; anything else is shown as it was written. */
const isMarked = (token: Token): token is MarkedToken => kinds.has(token.type);

function node(token: Token, depth: number): ReactNode {
  if (isMaths(token)) return <Formula tex={token.tex} display={token.display} />;
  if (!isMarked(token)) return token.raw;
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p>{nodes(token.tokens, depth)}</p>;
    case "text":
      return "tokens" in token && token.tokens !== undefined ? nodes(token.tokens, depth) : token.text;
    case "escape":
      return token.text;
    case "strong":
      return <strong>{nodes(token.tokens, depth)}</strong>;
    case "em":
      return <em>{nodes(token.tokens, depth)}</em>;
    case "del":
      return <del>{nodes(token.tokens, depth)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "hr":
      return <hr />;
    case "heading":
      // The page's own headings make its outline; a model's are only strong.
      return <p><strong>{nodes(token.tokens, depth)}</strong></p>;
    case "code":
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      return <pre tabIndex={0}><code>{token.text}</code></pre>;
    case "blockquote":
      return <blockquote>{nodes(token.tokens, depth)}</blockquote>;
    case "list":
      return token.ordered
        ? <ol start={token.start === "" ? 1 : token.start}>{nodes(token.items, depth)}</ol>
        : <ul>{nodes(token.items, depth)}</ul>;
    case "list_item":
      return <li>{nodes(token.tokens, depth)}</li>;
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "table":
      return <Table table={token} depth={depth} />;
    case "link":
      return <Link link={token} depth={depth} />;
    case "image":
      // Nothing remote is loaded for a model.
      return token.raw;
    case "html":
      return token.raw;
  }
}

function Link({ link, depth }: { readonly link: Tokens.Link; readonly depth: number }) {
  const url = URL.parse(link.href);
  if (url?.protocol !== "https:") return <>{link.raw}</>;
  // "https://good.example@evil.example/" is an address at evil.example.
  const plain = link.text === link.href && url.username === "" && url.password === "";
  return (
    <>
      <a href={url.href} target="_blank" rel="noopener noreferrer nofollow">{link.text.trim() === "" ? url.href : nodes(link.tokens, depth)}</a>
      {plain ? null : <> ({url.host})</>}
    </>
  );
}

function Table({ table, depth }: { readonly table: Tokens.Table; readonly depth: number }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead><tr>{table.header.map((cell, index) => <th key={index}>{nodes(cell.tokens, depth)}</th>)}</tr></thead>
        <tbody>
          {table.rows.map((row, index) => <tr key={index}>{row.map((cell, column) => <td key={column}>{nodes(cell.tokens, depth)}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}
