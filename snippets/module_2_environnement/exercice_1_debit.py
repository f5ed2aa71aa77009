# --8<-- [start:depart]
def debits(mesures):
    lecture = mesures["prompt_eval_count"] / mesures["prompt_eval_duration"]
    generation = mesures["eval_count"] / mesures["eval_duration"]
    return lecture, generation


# --8<-- [end:depart]
# --8<-- [start:solution]
def debits(mesures):
    calcules = mesures["prompt_eval_count"] - mesures.get("prompt_eval_cached_count", 0)
    lecture = calcules / (mesures["prompt_eval_duration"] / 1e9)
    generation = mesures["eval_count"] / (mesures["eval_duration"] / 1e9)
    return lecture, generation


# --8<-- [end:solution]
# --8<-- [start:verification]
sans_cache = {
    "prompt_eval_count": 200,
    "prompt_eval_duration": 500_000_000,
    "eval_count": 60,
    "eval_duration": 2_000_000_000,
}
avec_cache = sans_cache | {
    "prompt_eval_cached_count": 190,
    "prompt_eval_duration": 50_000_000,
}
assert debits(sans_cache) == (400, 30), debits(sans_cache)
assert debits(avec_cache) == (200, 30), debits(avec_cache)
print("Bravo : vos débits sont en tokens par seconde, cache déduit.")
# --8<-- [end:verification]
