// Images that are shown smaller than they are open larger, by a click or by the keyboard.
(() => {
  const words = window.milepostWords;
  // Nothing is gained below this: icons stay icons.
  const least = 240;
  const images = [...document.querySelectorAll(".prose img[alt]:not([alt=''])")].filter((image) => !image.closest("a, button, label, summary"));

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  const isSmaller = (image) => {
    const whole = image.naturalWidth || Number(image.getAttribute("width")) || 0;
    return whole >= least && image.clientWidth > 0 && whole > image.clientWidth * 1.2;
  };

  // An image that can be enlarged is a button; it keeps its place in the text.
  const consider = (image) => {
    const can = isSmaller(image);
    if (can === image.hasAttribute("role")) return;
    const button = { role: "button", tabindex: "0", "aria-haspopup": "dialog", "aria-label": words.enlarge.replace("{alt}", image.alt) };
    for (const [name, value] of Object.entries(button)) can ? image.setAttribute(name, value) : image.removeAttribute(name);
  };

  const enlarge = (image) => {
    const large = element("img", { src: image.src, alt: image.alt });
    const caption = image.closest("figure")?.querySelector("figcaption")?.textContent.trim() || image.title || image.alt;
    const view = element("div", { class: "enlarged-view" }, large);
    const size = element("button", { type: "button", class: "button", "aria-pressed": "false", hidden: "" }, words.full_size);
    const close = element("button", { type: "button", class: "button", autofocus: "" }, words.close);
    const dialog = element("dialog", { class: "enlarged", "aria-label": image.alt },
      element("p", { class: "enlarged-tools" }, size, close), view, element("p", { class: "enlarged-caption" }, caption));

    const show = (full) => {
      view.classList.toggle("is-full", full);
      size.setAttribute("aria-pressed", String(full));
      // What scrolls is reached by the keyboard.
      const scrolls = view.scrollWidth > view.clientWidth || view.scrollHeight > view.clientHeight;
      for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", image.alt]]) {
        scrolls ? view.setAttribute(name, value) : view.removeAttribute(name);
      }
    };
    const measure = () => {
      show(false);
      const fitted = large.clientWidth;
      size.hidden = large.naturalWidth <= fitted;
      // A window that is no wider than the text gains by the full size only.
      if (!size.hidden && fitted < image.clientWidth * 1.2) show(true);
    };
    const toggle = () => { if (!size.hidden) show(size.getAttribute("aria-pressed") === "false"); };

    large.addEventListener("load", measure);
    large.addEventListener("click", toggle);
    size.addEventListener("click", toggle);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { dialog.remove(); image.focus(); });
    document.body.append(dialog);
    dialog.showModal();
    if (large.complete) measure();
  };

  for (const image of images) {
    image.addEventListener("load", () => consider(image));
    image.addEventListener("click", () => { if (image.hasAttribute("role")) enlarge(image); });
    image.addEventListener("keydown", (event) => {
      if (!image.hasAttribute("role") || !/^(Enter| )$/.test(event.key)) return;
      event.preventDefault();
      enlarge(image);
    });
    consider(image);
  }
  let waiting;
  addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => images.forEach(consider), 150);
  });
})();
