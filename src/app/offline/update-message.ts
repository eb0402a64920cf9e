/** What a page tells a waiting service worker once its reader wants the update. */
export const updateNow = "specreason-update-now";
