/** A file to be saved. */
export interface FileToSave {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Hands a file to the browser, which puts it where its downloads go. */
export function saveBytes({ name, bytes }: FileToSave): void {
  const url = URL.createObjectURL(new Blob([bytes.slice()]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the bytes once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
