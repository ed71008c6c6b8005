// A page that was opened from a file may start no worker. There the search runs in a hidden frame instead, so that the
// site needs no server. Elsewhere nothing is changed.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.append(frame)
      this.scope = frame.contentWindow
      this.scope.importScripts = async (...urls) => {
        for (const each of urls) await this.load(each)
      }
      this.scope.postMessage = (data) => this.answer(data)
      this.ready = this.load(url)
    }

    postMessage(data) {
      this.ready.then(() => this.scope.dispatchEvent(new MessageEvent("message", { data })))
    }

    // An answer comes later, as a worker gives it: after the question has returned.
    answer(data) {
      setTimeout(() => {
        const event = new MessageEvent("message", { data })
        this.dispatchEvent(event)
        this.onmessage?.(event)
      })
    }

    load(url) {
      return new Promise((resolve, reject) => {
        const script = this.scope.document.createElement("script")
        script.src = new URL(url, location.href)
        script.onload = () => resolve()
        script.onerror = reject
        this.scope.document.body.append(script)
      })
    }

    terminate() {
      this.scope.frameElement.remove()
    }
  }
}
