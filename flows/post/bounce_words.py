"""How QQ, 163, Coremail, exmail, Exchange and others word a bounce, and what that means; an own summary."""

from __future__ import annotations

import re
from typing import Final

NO_SUCH: Final = "收件邮箱不存在"
FULL: Final = "对方邮箱已满"
DISABLED: Final = "收件邮箱已停用"
NO_DOMAIN: Final = "收件邮箱的域名不存在"
TOO_BIG: Final = "邮件过大，对方服务器不收"
SPAM: Final = "被当作垃圾邮件拒收"
REFUSED: Final = "被对方拒收"
UNREACHABLE: Final = "连不上对方的服务器"

WORDINGS: Final = (
    (
        r"邮箱(?:空间)?(?:已满|不足|满)|容量(?:已满|不足|超)|超出(?:邮箱)?(?:容量|配额)|空间不足"
        r"|mailbox.{0,12}full|over ?quota|quota exceed",
        FULL,
    ),
    (
        r"(?:用户|收件人|帐号|账号|帐户|账户|邮箱|地址)[^。，\n]{0,12}(?:不存在|无效|未找到|找不到|错误)"
        r"|无此(?:用户|帐号|账号)|不存在(?:该|此)",
        NO_SUCH,
    ),
    (
        r"停用|禁用|冻结|注销|已关闭|封锁|长期未(?:登录|使用)|disabled|suspended|inactive|(?<!b)locked",
        DISABLED,
    ),
    (
        r"域名[^。\n]{0,10}(?:不存在|无法解析|错误)|找不到.{0,6}(?:域|服务器)"
        r"|host (?:or domain name )?not found|domain.{0,20}not (?:found|exist)|no mx|nxdomain",
        NO_DOMAIN,
    ),
    (
        r"(?:邮件|附件|信件)[^。\n]{0,8}(?:过大|太大|超过.{0,12}限制|大小)"
        r"|(?:message|mail).{0,20}(?:too (?:big|large)|size)",
        TOO_BIG,
    ),
    (r"垃圾邮件|反垃圾|内容(?:被)?(?:拒绝|过滤)|spam|junk", SPAM),
    (
        r"黑名单|拒收(?:了)?您|被(?:收件人|对方)拒收|拒绝(?:了)?(?:您的)?(?:邮件|连接)"
        r"|(?<!un)blocked|black ?list|policy",
        REFUSED,
    ),
    (
        r"连接.{0,12}(?:超时|失败)|无法连接|time[d ]*out|connection (?:refused|timed|lost)|no route|deferred|expired",
        UNREACHABLE,
    ),
)
"""(pattern, what it means); the first that fits counts."""

STATUSES: Final = (
    (r"\.1\.[136]$|\.1\.10$", NO_SUCH),
    (r"\.1\.2$", NO_DOMAIN),
    (r"\.2\.1$", DISABLED),
    (r"\.2\.2$", FULL),
    (r"\.2\.3$|\.3\.4$", TOO_BIG),
    (r"\.4\.\d+$", UNREACHABLE),
    (r"\.7\.\d+$", REFUSED),
    (r"\.1\.\d+$", "收件邮箱的地址不对"),
)
"""Enhanced status codes of RFC 3463, where the words say nothing."""

NOT_YET: Final = re.compile(
    r"将继续(?:尝试|投递|重试)|仍(?:将|会)(?:继续)?(?:尝试|重试)|会继续(?:尝试|重试)|尚未(?:送达|投递)"
    r"|暂时(?:未|没有|无法)|投递延迟|延迟通知|will (?:keep|continue|retry)|still (?:trying|being)"
    r"|not yet been delivered|delivery (?:is )?delayed|warning message only|do not need to resend",
    re.IGNORECASE,
)
GIVEN_UP: Final = re.compile(r"不再(?:尝试|投递|重试)|已放弃|gave up|giving up|permanent", re.IGNORECASE)
QUOTED: Final = re.compile(
    r"^.{0,40}(?:原(?:始)?邮件|原邮件信息|被退回的邮件|original message|copy of (?:the|your) message"
    r"|message headers? follow)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a notice ends and our own letter begins."""
