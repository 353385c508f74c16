"""Word lists and sentence frames of more scripts, code and emoji for the prompt generator, written for this project."""

from __future__ import annotations

RUSSIAN: dict[str, tuple[str, ...]] = {
    "thing": ("счёт", "чайник", "велосипед", "договор", "сад", "принтер", "телескоп", "склад", "словарь", "календарь"),
    "topic": ("двоичное дерево", "фотосинтез", "простые числа", "договорное право", "хеш-таблица", "линейная регрессия"),
    "place": ("Москве", "Казани", "Риге", "Осаке", "Лиссабоне"),
    "verb": ("починить", "объяснить", "сравнить", "заменить", "измерить", "перевести"),
    "language": ("Python", "Rust", "Go", "SQL"),
}
RUSSIAN_FRAMES: tuple[str, ...] = (
    "Как {verb} {thing} в {place}?",
    "Напиши на {language} функцию, которая читает {n} записей: {topic}.",
    "Докажи, что граф с {n} вершинами имеет не менее {m} рёбер.",
    "Сравни: {topic} и {topic}, назови {k} различий.",
    "Сколько стоит {thing}, если скидка {k} процентов, а цена {n} рублей?",
)

ARABIC: dict[str, tuple[str, ...]] = {
    "thing": ("الفاتورة", "الدراجة", "العقد", "الحديقة", "الطابعة", "المستودع", "القاموس", "البطارية"),
    "topic": ("الشجرة الثنائية", "التمثيل الضوئي", "الأعداد الأولية", "قانون العقود", "الانحدار الخطي", "سعر الفائدة"),
    "place": ("القاهرة", "دمشق", "الرباط", "بغداد", "لشبونة"),
    "verb": ("أصلح", "أشرح", "أقارن", "أستبدل", "أقيس", "أترجم"),
}
ARABIC_FRAMES: tuple[str, ...] = (
    "كيف {verb} {thing} في {place}؟",
    "اكتب دالة تقرأ {n} سجلا عن {topic}.",
    "أثبت أن كل رسم بياني له {n} رأسا فيه {m} ضلعا على الأقل.",
    "قارن بين {topic} و{topic} في {k} نقاط.",
    "ما هو ثمن {thing} إذا كان الخصم {k} في المئة والسعر {n}؟",
)

HINDI: dict[str, tuple[str, ...]] = {
    "thing": ("बिल", "साइकिल", "अनुबंध", "बगीचा", "प्रिंटर", "गोदाम", "शब्दकोश", "बैटरी"),
    "topic": ("द्विआधारी वृक्ष", "प्रकाश संश्लेषण", "अभाज्य संख्याएँ", "अनुबंध कानून", "रैखिक प्रतिगमन", "ब्याज दर"),
    "place": ("दिल्ली", "मुंबई", "जयपुर", "लिस्बन"),
    "verb": ("ठीक", "स्पष्ट", "तुलना", "प्रतिस्थापित", "अनुवाद"),
}
HINDI_FRAMES: tuple[str, ...] = (
    "{place} में {thing} को {verb} कैसे करें?",
    "{topic} के {n} अभिलेख पढ़ने वाला फलन लिखो।",
    "सिद्ध करो कि {n} शीर्षों वाले ग्राफ में कम से कम {m} किनारे हैं।",
    "{topic} और {topic} में {k} अंतर बताओ।",
    "अगर छूट {k} प्रतिशत है और दाम {n} है, तो {thing} कितने का है?",
)

THAI: dict[str, tuple[str, ...]] = {
    "thing": ("ใบแจ้งหนี้", "จักรยาน", "สัญญา", "สวน", "เครื่องพิมพ์", "คลังสินค้า", "พจนานุกรม"),
    "topic": ("ต้นไม้ทวิภาค", "การสังเคราะห์แสง", "จำนวนเฉพาะ", "กฎหมายสัญญา", "อัตราดอกเบี้ย"),
    "place": ("กรุงเทพ", "เชียงใหม่", "ภูเก็ต", "ลิสบอน"),
    "verb": ("ซ่อม", "อธิบาย", "เปรียบเทียบ", "เปลี่ยน", "แปล"),
}
THAI_FRAMES: tuple[str, ...] = (
    "ฉันจะ{verb}{thing}ใน{place}ได้อย่างไร",
    "เขียนฟังก์ชันที่อ่านข้อมูล{topic} {n} รายการ",
    "พิสูจน์ว่ากราฟที่มี {n} จุดมีเส้นเชื่อมอย่างน้อย {m} เส้น",
    "เปรียบเทียบ{topic}กับ{topic} {k} ข้อ",
    "{thing}ราคา {n} บาท ลด {k} เปอร์เซ็นต์ ต้องจ่ายเท่าไร",
)

CODE: dict[str, tuple[str, ...]] = {
    "name": ("load_rows", "merge_intervals", "parse_header", "next_token", "evict_oldest", "retry_later"),
    "field": ("index", "buffer", "deadline", "row_count", "is_ready", "parent_id"),
    "type": ("int", "str", "list[float]", "dict[str, int]", "bytes | None"),
}
CODE_FRAMES: tuple[str, ...] = (
    "def {name}({field}: {type}, limit: int = {n}) -> {type}:\n    return sorted({field})[:{k}]\n",
    "for {field} in range({n}):\n    if {field} % {k} == 0 and not self.{field}:\n        self.{name}({field}, {m})\n",
    'assert {name}([{n}, {m}, {k}]) == "{field}", f"{{{field}}} is wrong"\n',
    "Why does {name} fail when {field} is {n}?\n",
    "SELECT {field}, count(*) FROM {name} WHERE {field} > {n} GROUP BY {field} HAVING count(*) < {m};\n",
)

EMOJI: dict[str, tuple[str, ...]] = {
    "face": ("😀", "😂🤣", "🥳🎉", "😢", "🤔🤔", "😎👍🏽"),
    "thing": ("🚲", "🏠🏡", "📈💰", "🍕🍝🥗", "👩‍👩‍👧‍👦", "🇵🇹", "⚽🏀"),
}
EMOJI_FRAMES: tuple[str, ...] = (
    "{face}{thing} what is {thing} {n}? {face}{face}",
    "{thing}{thing}{thing} ➡️ {face} in {k} words {face}",
    "tell me {k} jokes about {thing} {face}{face}{thing}",
    "{face} {n} + {m} = ❓ {thing}",
)
