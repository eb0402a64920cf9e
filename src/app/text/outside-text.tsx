import { visibleLine } from "./visible-text.ts";

/** A name, an address or a message that a server, a file or a link gave: one line that moves nothing around it. */
export const OutsideText = ({ text }: { readonly text: string }) => <bdi>{visibleLine(text)}</bdi>;

type SayingProps = { readonly say: (...names: readonly string[]) => string; readonly names: readonly string[] };

const firstMark = 0xE000;

/** A sentence with such texts in it; `say` is given marks in their place, so that elements can stand there. */
export function Saying({ say, names }: SayingProps) {
  const marks = names.map((_, place) => String.fromCharCode(firstMark + place));
  return say(...marks).split(/([\uE000-\uF8FF])/).map((part, place) => {
    const name = names[marks.indexOf(part)];
    // oxlint-disable-next-line react/no-array-index-key -- a part has no other name than its place
    return name === undefined ? part : <OutsideText key={place} text={name} />;
  });
}
