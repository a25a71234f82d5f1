// Small comforts; every page works without them.
(() => {
  "use strict";

  // Copy buttons show themselves only where copying works.
  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) {
      const field = document.getElementById(button.dataset.copy);
      const words = button.innerHTML;
      button.hidden = false;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(field.value);
          button.textContent = button.dataset.copied;
        } catch {
          field.focus();
          field.select();
          button.textContent = button.dataset.failed;
        }
        setTimeout(() => { button.innerHTML = words; }, 2500);
      });
    }
  }

  // On small screens the filters start folded.
  const narrow = matchMedia("(max-width: 56rem)");
  for (const fold of document.querySelectorAll("[data-fold]")) {
    if (narrow.matches) fold.open = false;
  }

  // A half-written notice is not lost by a slip.
  for (const form of document.querySelectorAll("[data-guard]")) {
    let changed = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  // In pictures the arrow keys go from date to date.
  for (const picture of document.querySelectorAll("svg.timeline, svg.strip")) {
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const links = [...picture.querySelectorAll("a")];
      const here = links.indexOf(document.activeElement);
      if (!step || here < 0) return;
      const next = links[here + step];
      if (next) {
        event.preventDefault();
        next.focus();
        next.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    });
  }
})();
