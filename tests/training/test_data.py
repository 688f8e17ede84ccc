from dsacli.training.bm25 import BM25
from dsacli.training.data import load_corpus


def test_spans_are_the_answers_tokens(corpus, tokenizer):
    for question in corpus.questions:
        ((first, last),) = question.spans
        tokens = corpus.passages[question.passage].tokens[first : last + 1]
        assert tokenizer.decode(tokens) == question.answers[0].lower()


def test_splits_share_no_document(data, tokenizer):
    train, dev = (load_corpus(data, split, tokenizer) for split in ("train", "dev"))
    assert len(train.passages) == len(dev.passages) == 5
    assert not {p.document for p in train.passages} & {p.document for p in dev.passages}


def test_bm25_ranks_the_passage_with_the_rarer_words_first(capfd):
    bm25 = BM25(["the mill burned", "the mill and the mill wheel", "the bridge"])
    scores = bm25.scores("When was the mill burned?")
    assert scores.argmax() == 0
    assert scores[1] > scores[2] == 0
    assert not bm25.scores("Who is it?").any()
    assert capfd.readouterr() == ("", "")
