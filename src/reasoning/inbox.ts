/** A queue with one reader: what models do at their own pace, taken in one by one. */
export type Inbox<News> = { push(news: News): void; next(): Promise<News> };

export function createInbox<News>(): Inbox<News> {
  const waiting: News[] = [];
  let wake: ((news: News) => void) | undefined;
  let taken = 0;
  return {
    push(news) {
      if (wake === undefined) {
        waiting.push(news);
        return;
      }
      const reader = wake;
      wake = undefined;
      reader(news);
    },
    next() {
      const news = waiting[taken];
      if (taken >= waiting.length) {
        waiting.length = 0;
        taken = 0;
        return new Promise((resolve) => (wake = resolve));
      }
      taken += 1;
      return Promise.resolve(news as News);
    },
  };
}
