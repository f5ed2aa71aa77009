// La progression du lecteur, modules faits et quiz : elle ne quitte pas ce navigateur.
const CLE_DE_PROGRESSION = "cours.progression"
const CHOIX_DE_QUIZ = "details.reponse-juste, details.reponse-fausse"
const MA_PROGRESSION = new URL("../../annexes/ma_progression.html", document.currentScript.src)
const REFUS_DE_GARDER =
  "Ce navigateur refuse de garder des données pour cette page : votre progression n’y est pas notée."
const AVANT_D_EFFACER =
  "Effacer les modules faits et les scores des quiz gardés par ce navigateur ? Ils seront perdus."

// Là où localStorage est interdit, overrides/main.html met à sa place un objet qui ne sait pas écrire.
let refuse = !localStorage.setItem

// { modules: { "2": true }, quiz: { "2_environnement": { "id-de-la-question": juste ou non } } }
function lireLaProgression() {
  const vide = { modules: {}, quiz: {} }
  try {
    return { ...vide, ...JSON.parse(localStorage.getItem(CLE_DE_PROGRESSION)) }
  } catch {
    return vide // un texte abîmé ne se relit pas
  }
}

function garderLaProgression(etat) {
  try {
    localStorage.setItem(CLE_DE_PROGRESSION, JSON.stringify(etat))
  } catch {
    refuse = true // plus de place
  }
  afficherLaProgression()
}

function toutEffacer() {
  if (!confirm(AVANT_D_EFFACER)) return
  localStorage.removeItem(CLE_DE_PROGRESSION)
  afficherLaProgression()
}

const nomDePage = (adresse) => adresse.pathname.split("/").pop().replace(".html", "")

// La question d'un choix est le titre qui le précède.
function questionDuChoix(choix) {
  let titre = choix.previousElementSibling
  while (!titre.matches("h3")) titre = titre.previousElementSibling
  return titre.id
}

// Les réponses gardées pour la page ouverte, sans celles de questions retirées depuis.
function reponsesDeLaPage(etat) {
  const reponses = Object.entries(etat.quiz[nomDePage(location)] ?? {})
  return Object.fromEntries(reponses.filter(([question]) => document.getElementById(question)))
}

function compter(questions, reponses = {}) {
  const ouvertes = Object.values(reponses)
  const justes = ouvertes.filter(Boolean).length
  const restantes = questions - ouvertes.length
  const texte = `${justes} sur ${questions}` + (restantes > 0 ? `, ${restantes} sans réponse` : "")
  return { justes, texte: ouvertes.length ? texte : "" }
}

// Réécrire le même texte le ferait relire à voix haute.
function ecrire(element, texte) {
  if (element.textContent !== texte) element.textContent = texte
}

function afficherUnModule(bloc, etat) {
  const nom = `Module ${bloc.dataset.module} fait`
  if (!bloc.querySelector("input")) {
    const coche = `<input type="checkbox" aria-label="${nom}">`
    const lien = `<a href="${MA_PROGRESSION}">Voir ma progression</a>`
    const enFinDePage = bloc.matches(".module-fait")
    bloc.innerHTML = enFinDePage ? `<label>${coche} ${nom}</label> ${lien}` : coche
    bloc.hidden = false
  }
  const coche = bloc.querySelector("input")
  coche.checked = Boolean(etat.modules[bloc.dataset.module])
  coche.onchange = () => {
    const { modules, quiz } = lireLaProgression()
    garderLaProgression({ modules: { ...modules, [bloc.dataset.module]: coche.checked }, quiz })
  }
}

function afficherLeScore(etat) {
  const choix = [...document.querySelectorAll(CHOIX_DE_QUIZ)]
  if (!choix.length) return
  let score = document.querySelector(".score-du-quiz")
  if (!score) {
    score = document.createElement("p")
    score.className = "score-du-quiz"
    score.setAttribute("aria-live", "polite")
    choix.at(-1).after(score)
  }
  const questions = new Set(choix.map(questionDuChoix)).size
  const { texte } = compter(questions, reponsesDeLaPage(etat))
  ecrire(score, texte && `Du premier coup : ${texte}.`)
}

function afficherLeBilan(etat, modules) {
  const bilan = document.getElementById("bilan")
  if (!bilan) return
  let justes = 0
  let questions = 0
  for (const lien of document.querySelectorAll("a[data-questions]")) {
    const compte = compter(Number(lien.dataset.questions), etat.quiz[nomDePage(lien)])
    if (!lien.nextElementSibling?.matches(".score")) {
      lien.insertAdjacentHTML("afterend", '<span class="score"></span>')
    }
    lien.nextElementSibling.textContent = compte.texte && ` : ${compte.texte}`
    justes += compte.justes
    questions += Number(lien.dataset.questions)
  }
  const faits = modules.filter((bloc) => etat.modules[bloc.dataset.module]).length
  const quiz = `Questions justes du premier coup : ${justes} sur ${questions}.`
  ecrire(bilan, `Modules faits : ${faits} sur ${modules.length}. ${quiz}`)
  const bouton = document.getElementById("tout-effacer")
  bouton.onclick = toutEffacer
  bouton.hidden = false
}

function afficherLaProgression() {
  if (refuse) {
    document.querySelectorAll(".module-fait, #bilan").forEach((bloc) => {
      bloc.textContent = REFUS_DE_GARDER
      bloc.hidden = false
    })
    return
  }
  const etat = lireLaProgression()
  const modules = [...document.querySelectorAll("[data-module]")]
  modules.forEach((bloc) => afficherUnModule(bloc, etat))
  afficherLeScore(etat)
  afficherLeBilan(etat, modules)
}

// Ne compte que la première réponse ouverte d'un clic ou au clavier : ni les suivantes, ni l'impression.
document.addEventListener("click", ({ target }) => {
  const choix = target.closest("summary")?.parentElement
  if (!choix?.matches(CHOIX_DE_QUIZ) || choix.open || refuse) return
  const { modules, quiz } = lireLaProgression()
  const question = questionDuChoix(choix)
  const reponses = reponsesDeLaPage({ quiz })
  if (question in reponses) return
  reponses[question] = choix.matches(".reponse-juste")
  garderLaProgression({ modules, quiz: { ...quiz, [nomDePage(location)]: reponses } })
})

window.document$?.subscribe(afficherLaProgression) // à chaque page, même avec la navigation instantanée
window.addEventListener("pageshow", afficherLaProgression) // au retour en arrière
window.addEventListener("storage", afficherLaProgression) // un autre onglet a noté quelque chose
