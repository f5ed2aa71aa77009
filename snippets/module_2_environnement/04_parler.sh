MODELE="${COURS_MODELE:-llama3.2}"

cat > Modelfile << FIN
FROM $MODELE
PARAMETER temperature 0
PARAMETER num_ctx 1024
PARAMETER num_predict 30
FIN

ollama create bavard-mais-bref -f Modelfile
ollama run bavard-mais-bref "What is the capital of France?"
ollama ps
ollama rm bavard-mais-bref
