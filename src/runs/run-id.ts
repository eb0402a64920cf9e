/** What an address can name; a shared run stands there compressed, and begins with `eJ`. */
export const isRunId = (text: string): boolean => /^(?!eJ)[\w-]{1,64}$/.test(text);
