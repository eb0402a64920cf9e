const prefix = "on-device:";

/** What a base model on this device is known by in stored runs. */
export const onDeviceId = (name: string): string => prefix + name;

/** The name in such an id; undefined for a base model that is elsewhere. */
export const onDeviceName = (id: string): string | undefined => (id.startsWith(prefix) ? id.slice(prefix.length) : undefined);
