/** What a page of the app is called and for. */
export function ViewHeading({ title, intro }: { readonly title: string; readonly intro: string }) {
  return (
    <div>
      <h2 className="font-serif text-lg font-semibold">{title}</h2>
      <p className="max-w-[44rem] text-quiet">{intro}</p>
    </div>
  );
}
