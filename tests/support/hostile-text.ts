import { seededRandom } from "../../src/models/seeded-random.ts";

/** Calls the trap of the page under test, in whatever way a text could become code. */
const trap = "globalThis.trapped('x')";
/** An address no page may ever ask. */
const away = "https://evil.example/p";

const wild: readonly string[] = [
  `<script>${trap}</script>`, `<img src=x onerror="${trap}">`, `<img src="${away}.png">`, `<svg onload="${trap}"><animate onbegin="${trap}" attributeName=x dur=1s></svg>`,
  `<iframe srcdoc="<script>parent.trapped(1)</script>"></iframe>`, `<iframe src="${away}"></iframe>`, `<object data="${away}"></object>`, `<embed src="${away}">`, `<link rel=stylesheet href="${away}.css">`,
  `<style>@import "${away}.css"; body{display:none}</style>`, `<base href="https://evil.example/">`, `<meta http-equiv=refresh content="0;url=${away}">`, `<form action="${away}"><input autofocus onfocus="${trap}"></form>`,
  `<details open ontoggle="${trap}">`, `<video><source onerror="${trap}"></video>`, `<math><mtext><script>${trap}</script></mtext></math>`, `<template><script>${trap}</script></template>`, `<!--><img src=x onerror=${trap}>-->`,
  `<a href="javascript:${trap}">x</a>`, `[x](javascript:${trap})`, `[x](JaVaScRiPt:${trap})`, `[x](data:text/html,<script>${trap}</script>)`, `[x](vbscript:x)`, `[x](blob:${away})`, `[x](${away} "onmouseover=${trap}")`,
  `<javascript:${trap}>`, `![x](${away}.png)`, `![x][r]\n\n[r]: ${away}.png`, `[![x](${away}.png)](${away})`, `![](data:image/svg+xml,<svg onload="${trap}">)`, `<https://good.example@evil.example/>`,
  String.raw`$\href{javascript:${trap}}{x}$`, String.raw`$\url{${away}}$`, String.raw`$\includegraphics{${away}.png}$`, String.raw`$\htmlClass{a}{x}\htmlId{root}{x}\htmlStyle{position:fixed}{x}\htmlData{x=y}{x}$`,
  String.raw`$\def\a{\a\a}\a$`, String.raw`$\def\a#1{#1#1#1#1}\a{\a{\a{\a{\a{\a{\a{x}}}}}}}$`, String.raw`$\let\f=\fcolorbox \f{red}{blue}{x}\pmb{y}$`, String.raw`$\kern-9999em\rule{9999em}{9999em}\raisebox{-9999em}{x}$`,
  String.raw`\[\begin{array}{cccc}${"a&".repeat(300)}\end{array}\]`, `$${"{".repeat(1500)}x${"}".repeat(1500)}$`, `$${String.raw`\frac{`.repeat(400)}x$`, `$${String.raw`\sqrt{`.repeat(300)}x${"}".repeat(300)}$`, String.raw`$\nosuch\another{<img src=x onerror=${trap}>}$`,
  String.raw`\boxed{<script>${trap}</script>}`, String.raw`\boxed{${"\\boxed{".repeat(200)}1`, "</annotation></semantics></math><script>trapped(1)</script>", `$\\text{</annotation><img src=x onerror=${trap}>}$`,
  "\u202Eevil\u202C \u2066\u2067\u2068x", "\u202E".repeat(500), "\u0000\u0007\u001B[2J\u009B", "\uD800\uDFFF\uFFFE\uFFFF", "a\u0300".repeat(2) + "\u0300".repeat(3000), "\u200B".repeat(3000), "\u{1F468}\u200D".repeat(500),
  "> ".repeat(5000), "- ".repeat(500), "*".repeat(9000), "[".repeat(9000), "`".repeat(9000), "a".repeat(20_000), `${"a".repeat(9000)}@`, "# ".repeat(2000), "~".repeat(3000),
  `|${"a|".repeat(150)}\n|${"-|".repeat(150)}\n${`|${"b|".repeat(150)}\n`.repeat(30)}`, `\`\`\`html\n<script>${trap}</script>\n${"\n".repeat(3000)}\`\`\``, "\t".repeat(5000), "{{constructor.constructor('trapped(1)')()}}", "${trapped(1)}", "%3Cscript%3Etrapped(1)%3C/script%3E", "&lt;script&gt;trapped(1)&lt;/script&gt;",
  "__proto__", "constructor", "</textarea></title></style></script><script>trapped(1)</script>", "]]>", "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
];

const blankLines = "\n".repeat(100_000);

/** Texts that a model, a file, a link or an endpoint could say to do harm: each of them once, in random company. */
export function hostileTexts(seed: number, most: number): string[] {
  const random = seededRandom(seed);
  const pick = (): string => wild[Math.floor(random() * wild.length)] ?? "";
  const order = wild.map((text) => ({ text, place: random() })).toSorted((a, b) => a.place - b.place).map(({ text }) => text);
  return [`before${blankLines}after`, ...order.map((text) => {
    const company = Array.from({ length: Math.floor(random() * 3) }, () => pick().slice(0, 300));
    // The seams break tokens in places nobody would write.
    return [...company.slice(0, 1), text, ...company.slice(1)].join(["", "\n", " ", "\n- ", "$", "*"][Math.floor(random() * 6)]);
  })].slice(0, most);
}
