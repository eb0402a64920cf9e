/** Undefined where this browser has no notifications. */
export const notificationPermission = (): NotificationPermission | undefined => ("Notification" in globalThis ? Notification.permission : undefined);

export const askForNotifications = (): Promise<NotificationPermission> => Notification.requestPermission();

/** Tells somebody who is looking elsewhere, where that is allowed; pressing it brings the page back. */
export function notifyWhenHidden(title: string, body: string, onPress: () => void): void {
  if (!document.hidden || notificationPermission() !== "granted") return;
  try {
    const notification = new Notification(title, { body, tag: title });
    notification.addEventListener("click", () => {
      window.focus();
      onPress();
    });
  } catch {
    // On a phone only a service worker may.
    void navigator.serviceWorker?.ready.then((worker) => worker.showNotification(title, { body, tag: title })).catch(() => undefined);
  }
}
