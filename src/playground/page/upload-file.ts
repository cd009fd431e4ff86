/** Puts a file where the page's own server keeps it until it is sent. */

/** @returns its id; undefined when the server does not take it or is not there. */
export async function uploadFile(file: File): Promise<string | undefined> {
  try {
    const response = await fetch(`/uploads?name=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    });
    const { id }: { id?: unknown } = response.ok ? await response.json() : {};
    return typeof id === 'string' ? id : undefined;
  } catch {
    // Whoever asked says so to the member.
    return undefined;
  }
}
