/* A page that is opened as a file may start no worker. So the worker's script
   runs in a hidden page beside this one, and the two pass messages. */
(() => {
  if (location.protocol !== "file:") return;
  const here = document.currentScript.src;
  window.Worker = class extends EventTarget {
    constructor(script) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      frame.src = here.replace(/\.js$/, ".html") + "#" + encodeURIComponent(new URL(script, location));
      this.frame = frame;
      this.ready = new Promise((resolve) => frame.addEventListener("load", resolve));
      window.addEventListener("message", (event) => {
        if (event.source !== frame.contentWindow) return;
        const message = new MessageEvent("message", { data: event.data });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      });
      document.body.append(frame);
    }

    postMessage(data) {
      // Not the other page's own `postMessage`, which sends its answers to this one.
      this.ready.then(() => window.postMessage.call(this.frame.contentWindow, data, "*"));
    }

    terminate() {
      this.frame.remove();
    }
  };
})();
