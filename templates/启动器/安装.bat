@echo off
chcp 65001 >nul
setlocal
pushd "%~dp0"
set PYTHONUTF8=1
if exist ..\..\pyproject.toml cd ..\..
set "PY="
for %%V in (3.13 3.12 3.11 3.14) do if not defined PY (py -%%V -c "import venv" >nul 2>nul && set "PY=py -%%V")
if defined PY goto python
python -c "import sys; sys.exit(sys.version_info[:2] not in [(3, 13), (3, 12), (3, 11), (3, 14)])" >nul 2>nul
if errorlevel 1 goto nopython
set "PY=python"
:python
echo 正在安装，约需几分钟，请不要关闭这个窗口。
set "OLD="
if exist .venv\Scripts\python.exe set OLD=1
if not defined OLD %PY% -m venv .venv
if errorlevel 1 goto failed
if exist wheels (
  .venv\Scripts\python.exe -m pip install -q --upgrade --no-index --find-links wheels taizhang
) else (
  .venv\Scripts\python.exe -m pip install -q --upgrade .
)
if errorlevel 1 goto failed
set "WORK=..\台账工作目录"
if not "%~1"=="" set "WORK=%~f1"
if exist "%WORK%\config.toml" goto known
if defined OLD goto renewed
.venv\Scripts\python.exe -P -m flows.cli init "%WORK%"
if errorlevel 1 goto failed
goto ready
:known
.venv\Scripts\python.exe -P -m flows.cli --home "%WORK%" menu --launcher
if errorlevel 1 goto failed
:ready
echo 装好了。以后双击工作目录里的“台账.bat”。
start "" "%WORK%"
pause
exit /b
:renewed
echo 程序已更新。还像以前一样，双击工作目录里的“台账.bat”。
pause
exit /b
:nopython
echo 没有找到 Python（3.11、3.12、3.13、3.14 都可以）。请先安装，安装时勾选 Add python.exe to PATH，再双击本文件。
pause
exit /b 2
:failed
echo 没有装成，原因见上面。能上网的请检查网络；不能上网的请确认 wheels 文件夹完整。改好后再双击本文件。
pause
exit /b 2
