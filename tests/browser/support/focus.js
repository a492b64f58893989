// What the keyboard has reached, and whether a reader can see it.

/** What has the focus: its place in the document, and whether it is in the window, uncovered and marked. */
export const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getClientRects()[0];
    const x = Math.min(Math.max((box.left + box.right) / 2, box.left + 4), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 12), 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return {
      position: [...document.querySelectorAll("*")].indexOf(element),
      name: `${element.localName}${element.id && `#${element.id}`}.${element.className} ${(element.getAttribute("aria-label") ?? element.textContent).trim().slice(0, 30)}`,
      inMain: Boolean(element.closest("main")),
      inWindow: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
      uncovered: top === element || element.contains(top) || Boolean(top?.contains(element)),
      marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    };
  });
