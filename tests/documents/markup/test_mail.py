"""Mails and mailboxes."""

from email.message import EmailMessage

from dsacli.documents import parse

from .files import agreement, place


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Zoë <z@x.example>", "b@y.example", "Prüfung: Teil 2"
    message["Date"] = "Tue, 03 Sep 2024 09:14:05 +0200"
    message.set_content("Hello,\n\nsee below.\n\nOn Monday Ines wrote:\n> The lease ends in\n> March 2026.\n\nBye €\n")
    message.add_alternative("<p>Hello</p>", subtype="html")
    message.add_attachment(b"name,price\nrye,4.10\nspelt,5.20\n", maintype="text", subtype="csv", filename="prices.csv")
    message.add_attachment(agreement(), maintype="application", subtype="octet-stream", filename="lease.docx")
    message.add_attachment(b"\x89PNG\r\n\x1a\n\0\0", maintype="image", subtype="png", filename="photo.jpg")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("What was forwarded.")
    message.add_attachment(inner)
    return message


def test_a_mail_with_what_is_attached():
    document = parse("a.eml", bytes(mail()))
    assert document.kind == "mail"
    assert document.text.startswith(
        "Subject: Prüfung: Teil 2\n\nFrom: Zoë <z@x.example>\n\nTo: b@y.example\n\nDate: Tue, 03 Sep"
    )
    for words, where in (
        ("Prüfung", "subject"),
        ("b@y", "headers"),
        ("see below", "body"),
        ("The lease ends in\nMarch 2026.", "quoted mail"),
        ("Bye €", "body"),
        ("| name: spelt | price: 5.20 |", "attachment prices.csv"),
        ("due in 30 days", "attachment lease.docx, paragraph 4"),
        ("What was forwarded.", "attached mail Inner: body"),
    ):
        assert place(document, words) == where, words
    assert document.text.count("Hello") == 1
    assert "attachment photo.jpg is not read" in document.warnings
    assert ("Term", 3) in [(each.title, each.level) for each in document.sections]


def test_a_mail_that_is_only_a_page():
    message = EmailMessage()
    message["Subject"] = "Page"
    message.set_content("<body><p>Café costs &pound;3</body>", subtype="html", charset="iso-8859-1")
    assert parse("a.eml", bytes(message)).text == "Subject: Page\n\nCafé costs £3"


def test_a_mailbox_says_which_mail():
    data = b"From a@b Tue Sep  3 09:14:05 2024\n" + bytes(mail())
    data += b"\n\nFrom c@d Wed Sep  4 10:00:00 2024\nSubject: Two\nDate: Wed, 04 Sep 2024 10:00:00 +0000\n\nBody two\n>From here on\n"
    document = parse("a.mbox", data)
    assert place(document, "see below") == "mail of 2024-09-03, Prüfung: Teil 2: body"
    assert place(document, "Body two\nFrom here on") == "mail of 2024-09-04, Two: body"
    assert [each.title for each in document.sections if each.level == 1][-1] == "Subject: Two"


def test_charsets_that_are_wrong_or_unknown():
    head = b"Subject: =?nonsense?q?x?=\nContent-Type: text/plain; charset="
    assert "Caf\u00e9" in parse("a.eml", head + b"nonsense\n\nCaf\xe9 now").text
    assert "Caf\u00e9" in parse("a.eml", head + b"utf-8\n\nCaf\xe9 now").text
