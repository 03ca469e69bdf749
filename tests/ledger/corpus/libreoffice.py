"""A person at LibreOffice: one headless run opens many workbooks, does things to the first sheet and saves them.

The doing is a Basic macro in a profile of the run's own: what it calls is what the menus call. Rows and columns are
0-based, and addresses as a person sees them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from tests.needs import soffice

FILTERS = {
    "xlsx": ("Calc MS Excel 2007 XML", ""),
    "xls": ("MS Excel 97", ""),
    "ods": ("calc8", ""),
    "html": ("HTML (StarCalc)", ""),
    "csv": ("Text - txt - csv (StarCalc)", "44,34,76,1,,0,false,true,false"),
    "csv-gbk": ("Text - txt - csv (StarCalc)", "44,34,67,1,,0,false,true,false"),
    "txt-utf16": ("Text - txt - csv (StarCalc)", "9,34,65535,1,,0,false,true,false"),
}
"""How a person saves: file format → LibreOffice's filter and its options (separator, quote, character set, …)."""


@dataclass(frozen=True)
class Saw:
    """One workbook, what is done to it, and how it is saved."""

    data: bytes
    kind: str = "xlsx"
    acts: Sequence[str] = ()
    """``word:argument`` each: sort:7, hide-row:8, hide-column:2, insert-row:8, insert-column:3, move-column:9>4,
    delete-row:8, delete-column:0, delete-sheet:标识, copy-sheet:副本, name-sheet:九月, merge:J6:J7, type:H6=完成,
    formula:I6==3/4, filter:7=推进中, unhide-sheet:标识, move-row:6>11 …"""
    password: str = ""
    source: str = "xlsx"


def saved_by_libreoffice(jobs: Sequence[Saw], folder: Path) -> list[bytes]:
    """Every job's file, in order."""
    if not jobs:
        return []
    program = soffice()
    folder.mkdir(parents=True)
    profile = folder / "profile"
    _install_macro(profile)
    lines, targets = [], []
    for number, job in enumerate(jobs):
        source = folder / f"{number}-before.{job.source}"
        source.write_bytes(job.data)
        target = folder / f"{number}-after.{job.kind.partition('-')[0]}"
        targets.append(target)
        kind, options = FILTERS[job.kind]
        lines.append("\t".join((source.as_uri(), target.as_uri(), kind, options, job.password, "|".join(job.acts))))
    listing = folder / "jobs.txt"
    listing.write_text("\n".join((*lines, "end")), encoding="utf-8")
    call = f'macro:///Standard.Corpus.Main("{listing.as_uri()}")'
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", call]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    missing = [job for job, target in zip(jobs, targets, strict=True) if not target.is_file()]
    log = folder / "errors.txt"
    assert not missing, (log.read_text("utf-8") if log.is_file() else "LibreOffice saved nothing", missing[0].acts)
    return [target.read_bytes() for target in targets]


def _install_macro(profile: Path) -> None:
    library = profile / "user" / "basic" / "Standard"
    library.mkdir(parents=True)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    space = 'xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"'
    # A profile that counts as set up: else the first start lays the program's own empty library over this one.
    (profile / "user" / "registrymodifications.xcu").write_text(
        f'{head}<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse">'
        "<value>true</value></prop></item></oor:items>",
        encoding="utf-8",
    )
    (library.parent / "script.xlc").write_text(
        f'{head}<library:libraries {space}><library:library library:name="Standard" '
        'xlink:href="$(USER)/basic/Standard/script.xlb/" xlink:type="simple" library:link="false"/>'
        "</library:libraries>",
        encoding="utf-8",
    )
    (library / "script.xlb").write_text(
        f'{head}<library:library {space} library:name="Standard" library:readonly="false" '
        'library:passwordprotected="false"><library:element library:name="Corpus"/></library:library>',
        encoding="utf-8",
    )
    (library / "Corpus.xba").write_text(
        f'{head}<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Corpus" '
        f'script:language="StarBasic">{escape(_MACRO)}</script:module>',
        encoding="utf-8",
    )


_MACRO = """
Sub Main(listing As String)
  Dim files, stream, parts
  files = createUnoService("com.sun.star.ucb.SimpleFileAccess")
  stream = createUnoService("com.sun.star.io.TextInputStream")
  stream.setInputStream(files.openFileRead(listing))
  stream.setEncoding("UTF-8")
  Do While Not stream.isEOF()
    parts = Split(stream.readLine(), Chr(9))
    If UBound(parts) >= 5 Then OneFile(parts, listing)
  Loop
  stream.closeInput()
  StarDesktop.terminate()
End Sub

Sub OneFile(parts, listing As String)
  On Error Goto Failed
  Dim opening(0) As New com.sun.star.beans.PropertyValue
  Dim saving(2) As New com.sun.star.beans.PropertyValue
  Dim document, acts, i
  opening(0).Name = "Hidden" : opening(0).Value = True
  document = StarDesktop.loadComponentFromURL(parts(0), "_blank", 0, opening())
  If parts(5) <> "" Then
    acts = Split(parts(5), "|")
    For i = 0 To UBound(acts)
      OneAct(document, acts(i))
    Next i
  End If
  saving(0).Name = "FilterName" : saving(0).Value = parts(2)
  saving(1).Name = "FilterOptions" : saving(1).Value = parts(3)
  If parts(4) <> "" Then
    saving(2).Name = "Password" : saving(2).Value = parts(4)
  Else
    saving(2).Name = "Overwrite" : saving(2).Value = True
  End If
  document.storeToURL(parts(1), saving())
  document.close(True)
  Exit Sub
Failed:
  Dim path As String, n As Integer
  path = ConvertFromURL(Left(listing, Len(listing) - 8) & "errors.txt")
  n = FreeFile
  Open path For Append As #n
  Print #n, parts(0) & " " & parts(5) & ": " & Error$ & " line " & Erl
  Close #n
End Sub

Sub OneAct(document, act As String)
  Dim word As String, said As String, at As Integer
  Dim sheet, a, b, rule
  sheet = document.Sheets.getByIndex(0)
  sheet.unprotect("")
  document.unprotect("")
  at = InStr(act, ":")
  word = Left(act, at - 1)
  said = Mid(act, at + 1)
  a = Split(said, ">")
  Select Case word
    Case "sort"
      Dim fields(0) As New com.sun.star.table.TableSortField
      Dim order(1) As New com.sun.star.beans.PropertyValue
      b = sheet.getCellRangeByName("A6:O11")
      If UBound(a) > 0 Then b = sheet.getCellRangeByName(a(1))
      fields(0).Field = CInt(a(0)) : fields(0).IsAscending = False
      order(0).Name = "SortFields" : order(0).Value = fields()
      order(1).Name = "ContainsHeader" : order(1).Value = False
      b.sort(order())
    Case "filter"
      Dim wanted(0) As New com.sun.star.sheet.TableFilterField
      b = sheet.getCellRangeByName("A5:O11")
      a = Split(said, "=")
      rule = b.createFilterDescriptor(True)
      wanted(0).Field = CInt(a(0)) : wanted(0).IsNumeric = False
      wanted(0).Operator = com.sun.star.sheet.FilterOperator.EQUAL
      wanted(0).StringValue = a(1)
      rule.setFilterFields(wanted())
      rule.ContainsHeader = True
      b.filter(rule)
    Case "hide-row" : sheet.getRows().getByIndex(CInt(said)).IsVisible = False
    Case "hide-column" : sheet.getColumns().getByIndex(CInt(said)).IsVisible = False
    Case "insert-row" : sheet.getRows().insertByIndex(CInt(said), 1)
    Case "insert-column" : sheet.getColumns().insertByIndex(CInt(said), 1)
    Case "delete-row" : sheet.getRows().removeByIndex(CInt(said), 1)
    Case "delete-column" : sheet.getColumns().removeByIndex(CInt(said), 1)
    Case "move-column"
      sheet.getColumns().insertByIndex(CInt(a(1)), 1)
      at = CInt(a(0))
      If at >= CInt(a(1)) Then at = at + 1
      b = sheet.getCellRangeByPosition(at, 3, at, 40)
      b.merge(False)
      sheet.moveRange(sheet.getCellByPosition(CInt(a(1)), 3).CellAddress, b.RangeAddress)
      sheet.getColumns().removeByIndex(at, 1)
    Case "move-row"
      sheet.getRows().insertByIndex(CInt(a(1)), 1)
      at = CInt(a(0))
      If at >= CInt(a(1)) Then at = at + 1
      b = sheet.getCellRangeByPosition(0, at, 40, at)
      sheet.moveRange(sheet.getCellByPosition(0, CInt(a(1))).CellAddress, b.RangeAddress)
      sheet.getRows().removeByIndex(at, 1)
    Case "delete-sheet" : document.Sheets.removeByName(said)
    Case "copy-sheet" : document.Sheets.copyByName(sheet.Name, said, 1)
    Case "name-sheet" : sheet.Name = said
    Case "merge"
      b = sheet.getCellRangeByName(said)
      b.merge(True)
    Case "type"
      at = InStr(said, "=")
      sheet.getCellRangeByName(Left(said, at - 1)).String = Mid(said, at + 1)
    Case "formula"
      at = InStr(said, "=")
      sheet.getCellRangeByName(Left(said, at - 1)).Formula = Mid(said, at + 1)
    Case "clear-properties"
      document.DocumentProperties.UserDefinedProperties.removeProperty("taizhang")
    Case Else
      Error 5
  End Select
End Sub
"""
