"""Exercice 3 : le recall@k d'une question qui demande plusieurs passages."""


# --8<-- [start:depart]
def recall(trouves: list[str], attendus: set[str], k: int) -> float:
    return float(any(passage in attendus for passage in trouves[:k]))


# --8<-- [end:depart]
# --8<-- [start:solution]
def recall(trouves: list[str], attendus: set[str], k: int) -> float:
    return len(attendus & set(trouves[:k])) / len(attendus)


# --8<-- [end:solution]
# --8<-- [start:verification]
ATTENDUS = {"télétravail", "indemnité"}
TROUVES = ["télétravail", "horaires", "télétravail", "indemnité", "congés"]

assert recall(TROUVES, {"télétravail"}, 1) == 1
assert recall(TROUVES, ATTENDUS, 1) == 0.5, "un passage sur deux : la moitié"
assert recall(TROUVES, ATTENDUS, 3) == 0.5, "un doublon ne compte pas deux fois"
assert recall(TROUVES, ATTENDUS, 4) == 1
for k in (1, 3, 4):
    print(f"recall@{k} = {recall(TROUVES, ATTENDUS, k):.1f}")
# --8<-- [end:verification]
