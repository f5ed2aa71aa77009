// À l'impression, tout ce qui est replié s'ouvre, puis retrouve son état.
const impression = window.matchMedia("print")
let ouverts = []

function deplier() {
  const replies = [...document.querySelectorAll("details:not([open])")]
  replies.forEach((bloc) => (bloc.open = true))
  ouverts.push(...replies)
}

function replier() {
  ouverts.forEach((bloc) => (bloc.open = false))
  ouverts = []
}

impression.addEventListener("change", (evenement) => (evenement.matches ? deplier() : replier()))
window.addEventListener("beforeprint", deplier)
window.addEventListener("afterprint", replier)
