/** A queue with one reader: what models do at their own pace, taken in one by one. */
export type Inbox<News> = { push(news: News): void; next(): Promise<News> };

export function createInbox<News>(): Inbox<News> {
  /** Each in a box of its own, since what is queued may be undefined. */
  const waiting: { readonly news: News }[] = [];
  let wake: ((news: News) => void) | undefined;
  let taken = 0;
  return {
    push(news) {
      if (wake === undefined) {
        waiting.push({ news });
        return;
      }
      const reader = wake;
      wake = undefined;
      reader(news);
    },
    next() {
      const first = waiting[taken];
      if (first === undefined) {
        waiting.length = 0;
        taken = 0;
        return new Promise((resolve) => (wake = resolve));
      }
      taken += 1;
      return Promise.resolve(first.news);
    },
  };
}
