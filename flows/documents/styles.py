"""The named styles of official documents: an office changes the look of every bulletin here once, in Word."""

from __future__ import annotations

from flows.documents.official import (
    CHARACTER,
    FANGSONG,
    HEITI,
    KAITI,
    LINE,
    RED,
    SMALL,
    SONGTI,
    TEXT_WIDTH,
    XIAOBIAOSONG,
    Style,
    fonts,
    mm,
)

_TIGHT = -5
"""0.25 pt less between characters: 28 on a line (see official.py)."""
_RED_LINE = f'<w:bottom w:val="single" w:sz="18" w:space="6" w:color="{RED}"/>'
"""2.25 pt, 4 mm below the characters of 发文字号: 6 pt of border space and the rest of the line."""
_DATE_CENTRE = TEXT_WIDTH - 4 * CHARACTER - 7 * CHARACTER // 2
"""Centre of a date (seven characters wide) that ends four characters from the right edge (7.3.5)."""
_SIGNATURE_LEFT = 2 * _DATE_CENTRE - TEXT_WIDTH
_BODY = {"align": "both", "squeeze": _TIGHT}

STYLES: tuple[Style, ...] = (
    Style("Masthead", "发文机关标志", XIAOBIAOSONG, 42, "center", line=1000, before=mm(35) - 104, color=RED),
    Style(
        "MastheadLong", "发文机关标志（长名称）", XIAOBIAOSONG, 36, "center", line=880, before=mm(35) - 104, color=RED
    ),
    Style("OwnMasthead", "刊头", XIAOBIAOSONG, 48, "center", line=1160, before=mm(14), squeeze=160, color=RED),
    Style("OwnMastheadLong", "刊头（长名称）", XIAOBIAOSONG, 36, "center", line=880, before=mm(16), color=RED),
    Style("IssueNumber", "期号", FANGSONG, 16, "center", before=LINE // 2),
    Style(
        "IssueLine",
        "编发单位和日期",
        FANGSONG,
        16,
        before=LINE // 2,
        first=CHARACTER,  # no indents: the red line is as wide as 版心
        tab=("right", TEXT_WIDTH - CHARACTER),
        border=_RED_LINE,
    ),
    Style("DocNumber", "发文字号", FANGSONG, 16, "center", before=2 * LINE, border=_RED_LINE),
    Style("DocTitle", "公文标题", XIAOBIAOSONG, 22, "center", line=680, before=2 * LINE, keep_lines=True),
    Style("Recipients", "主送机关", before=LINE, align="both", squeeze=_TIGHT, next_id="BodyText"),
    Style("BodyText", "公文正文", FANGSONG, 16, "both", first=2 * CHARACTER, squeeze=_TIGHT),
    Style("LevelOne", "一级标题", HEITI, 16, "both", first=2 * CHARACTER, squeeze=_TIGHT, outline=0, keep_next=True),
    Style("LevelTwo", "二级标题", KAITI, 16, "both", first=2 * CHARACTER, squeeze=_TIGHT, outline=1, keep_next=True),
    Style("LevelThree", "三级标题", FANGSONG, 16, "both", first=2 * CHARACTER, squeeze=_TIGHT, outline=2),
    Style(
        "Closing",
        "公文结语",
        FANGSONG,
        16,
        "both",
        first=2 * CHARACTER,
        squeeze=_TIGHT,
        keep_next=True,
        keep_lines=True,
    ),
    Style("AttachmentList", "附件说明", before=LINE, left=6 * CHARACTER, hanging=4 * CHARACTER, keep_next=True),
    Style("AttachmentListMore", "附件说明续", left=6 * CHARACTER, hanging=CHARACTER, keep_next=True),
    # Below an own masthead no signature follows, but an attachment on its page.
    Style("AttachmentListFree", "附件说明（末行）", before=LINE, left=6 * CHARACTER, hanging=4 * CHARACTER),
    Style("AttachmentListMoreFree", "附件说明续（末行）", left=6 * CHARACTER, hanging=CHARACTER),
    Style("Signature", "署名", align="center", before=2 * LINE, left=_SIGNATURE_LEFT, keep_next=True, keep_lines=True),
    # Not kept: what follows begins a page, and a word processor that obeyed would drag the signature there.
    Style("SignatureDate", "成文日期", align="center", left=_SIGNATURE_LEFT),
    # Kept with 附注: a page of its own for that one line would look torn off.
    Style("SignatureDateKept", "成文日期（下有附注）", align="center", left=_SIGNATURE_LEFT, keep_next=True),
    Style("Remark", "附注", first=2 * CHARACTER),
    Style("AttachmentMark", "附件标识", HEITI, new_page=True, keep_next=True),
    Style("AttachmentTitle", "附件标题", XIAOBIAOSONG, 22, "center", before=LINE, after=LINE // 2, keep_next=True),
    Style("TableCaption", "表格分类", KAITI, 14, line=480, before=120, keep_next=True),
    Style("TableHead", "表头", HEITI, 10.5, "center", line=300),
    Style("TableText", "表格文字", FANGSONG, 10.5, "left", line=300),
    Style("TableFigure", "表格数字", FANGSONG, 10.5, "center", line=300),
    Style("TableGroup", "表格分组", KAITI, 10.5, "left", line=300, keep_next=True),
    Style("TableGroupLong", "表格分组（长）", KAITI, 10.5, "left", line=300),
    Style("TableNote", "表注", FANGSONG, 10.5, "both", line=340, before=80),
    Style("TableNoteAbove", "表前注", FANGSONG, 10.5, "both", line=340, after=80, keep_next=True),
    Style("TableContinued", "续表分页", FANGSONG, 1, line=20, new_page=True),
    Style("Chart", "图表", FANGSONG, 12, "center", line=0, before=120, keep_next=True),
    Style("ChartCaption", "图表标题", HEITI, 12, "center", line=400, after=120),
    # 版记 behind it shall not stand on a page of its own.
    Style("ChartCaptionKept", "图表标题（末图）", HEITI, 12, "center", line=400, after=120, keep_next=True),
    Style("Imprint", "版记", FANGSONG, 14, line=480, left=SMALL, right=SMALL, tab=("right", TEXT_WIDTH - SMALL)),
    Style("ImprintCopies", "版记抄送", FANGSONG, 14, "both", line=480, left=4 * SMALL, right=SMALL, hanging=3 * SMALL),
    Style("ImprintAnchor", "版记定位", FANGSONG, 1, line=20),
    Style("PageOdd", "页码（单页）", SONGTI, 14, "right", line=0, right=SMALL),
    Style("PageEven", "页码（双页）", SONGTI, 14, "left", line=0, left=SMALL),
)

TABLE_STYLE = (
    '<w:style w:type="table" w:customStyle="1" w:styleId="OfficialTable"><w:name w:val="公文表格"/>'
    '<w:uiPriority w:val="1"/><w:qFormat/><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:left w:w="50" w:type="dxa"/>'
    '<w:bottom w:w="30" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
)

DEFAULTS = (
    f'<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
)
"""Everything is 三号仿宋 unless its style says otherwise (5.2.2)."""

NORMAL = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    f'<w:spacing w:line="{LINE}" w:lineRule="exact"/></w:pPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
)
"""No widow control (22 lines on every full page); no hanging marks and no extra space at digits (28 characters).

LibreOffice 7.4 reads overflowPunct the wrong way round and hangs marks all the same; Word and WPS obey.
"""


def styles_xml(namespaces: str) -> str:
    """The whole w:styles part; ``namespaces`` are its xmlns declarations."""
    body = DEFAULTS + NORMAL + "".join(style.xml for style in STYLES) + TABLE_STYLE
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles {namespaces}>{body}</w:styles>'
