import pytest

from dsacli.documents import parse
from dsacli.documents.foreign import foreign_parts

TEXTS = {
    "German": "Der Mieter verpflichtet sich, die Wohnung nach dem Ende der Mietzeit in dem Zustand zurückzugeben, in dem er sie bei Beginn "
    "übernommen hat, und die Kosten der Reinigung zu tragen.",
    "French": "Le locataire s'engage à rendre les lieux dans l'état où il les a trouvés, et les frais de nettoyage sont à sa charge pour une "
    "durée qui ne peut pas être plus longue que celle du bail.",
    "Spanish": "El arrendatario se compromete a devolver la vivienda en el mismo estado en que la recibió, y los gastos de limpieza son de su "
    "cuenta, así como los daños que haya causado por su culpa.",
    "Italian": "Il conduttore si impegna a restituire i locali nello stato in cui li ha ricevuti, e le spese della pulizia sono a suo carico, "
    "come anche i danni che sono stati causati dalla sua famiglia.",
    "Portuguese": "O locatário compromete-se a devolver a casa no estado em que a recebeu, e os custos da limpeza são por sua conta, mais os "
    "danos que não foram comunicados ao senhorio pela pessoa que os causou.",
    "Dutch": "De huurder verbindt zich om het huis in de staat waarin hij het heeft gekregen terug te geven, en de kosten van de schoonmaak "
    "zijn voor zijn rekening, ook als hij niet de schade heeft veroorzaakt.",
    "Polish": "Czynsz najmu jest płatny z góry do dziesiątego dnia każdego miesiąca, a każda ze stron może umowę wypowiedzieć z zachowaniem "
    "okresu wypowiedzenia, który jest w niej podany, lub za zgodą drugiej strony, o ile nie są od niej zwolnione przez przepisy.",
    "Czech": "Nájemce je povinen vrátit byt ve stavu, v jakém jej převzal, a uhradit náklady na úklid, které jsou podle smlouvy na jeho účet. "
    "Pronajímatel také není povinen hradit škody, které nájemce způsobil, nebo které vznikly při stěhování.",
    "Finnish": "Vuokralainen on velvollinen palauttamaan asunnon siinä kunnossa, jossa se oli vuokrasuhteen alkaessa, ja maksamaan siivouksen, "
    "jos se on tarpeen. Vuokranantaja ei ole velvollinen korvaamaan vahinkoja, jotka hän on aiheuttanut, mutta voi myös sopia toisin.",
    "Hungarian": "A bérlő köteles a lakást abban az állapotban visszaadni, amelyben azt átvette, és a takarítás költségeit megfizetni. A bérbeadó "
    "nem köteles megtéríteni azokat a károkat, amelyeket a bérlő okozott, vagy amelyek csak a használat során keletkeztek.",
    "Romanian": "Chiriașul este obligat să predea locuința în starea în care a primit-o și să plătească cheltuielile de curățenie. Proprietarul "
    "nu plătește daunele care au fost produse din vina lui sau prin folosire.",
    "Vietnamese": "Người thuê có nghĩa vụ trả lại căn hộ trong tình trạng như khi nhận và thanh toán chi phí dọn dẹp. Chủ nhà không chịu trách nhiệm "
    "cho các thiệt hại do người thuê gây ra. Hợp đồng này được ký cho một năm.",
    "the Cyrillic script": "Наниматель обязуется вернуть квартиру в том состоянии, в котором он её получил, и оплатить уборку.",
    "Chinese or Japanese": "承租人有义务将房屋按照其接收时的状态归还，并支付清洁费用以及由其造成的任何损失的费用。 合同双方均可提前三个月通知对方终止合同。"
    * 3,
    "Korean": "임차인은 주택을 받은 상태 그대로 반환하고 청소 비용과 자신이 일으킨 손해의 비용을 지불할 의무가 있습니다.",
    "the Greek script": "Ο μισθωτής υποχρεούται να επιστρέψει το σπίτι στην κατάσταση που το παρέλαβε και να πληρώσει.",
}
ENGLISH = "The tenant shall give the house back in the state in which it was found, and the cost of cleaning is to be paid by the tenant. "


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_in_another_language_is_told_by_it(name):
    assert list(foreign_parts(TEXTS[name])) == [name]


def test_half_of_a_text_is_said_to_be_half():
    (warning,) = parse("a.txt", (ENGLISH * 60 + TEXTS["German"] * 60).encode()).warnings
    assert warning.startswith("about ") and "% of it seems to be in German" in warning


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        "Berlin 12 34\nMünchen 45 66\nKöln 7 8\n" * 30,
        "name,der,die\n1,2,3\n",
        "z = λ o b s v i w do " * 20,
        "def main(argv): return [x for x in argv if x]\n" * 20,
        ENGLISH * 10 + TEXTS["French"],
        "",
    ],
)
def test_english_figures_and_formulas_are_not_called_foreign(text):
    assert foreign_parts(text) == {}
