// The number of unread news behind the link to the inbox: asked for after the page is there, so no page waits for it.

/** Adds "(3 unread)" to the link; without an answer the link stays as it was. */
export async function countUnread(page) {
  const link = page.querySelector("[data-unread]");
  if (!link) return;
  try {
    const response = await fetch(link.dataset.unread, { credentials: "same-origin" });
    const { unread } = response.ok ? await response.json() : { unread: 0 };
    if (unread) link.append(` (${unread} ${link.dataset.unreadText})`);
  } catch {
    // the inbox itself tells
  }
}
