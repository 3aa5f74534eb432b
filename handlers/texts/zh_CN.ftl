# 机器人说的每一句话。年轻人看的句子里不出现办公用语;一张回条最多三行。

## 第一次见面

promise =
    这里可以匿名给团干部写信：看信的人只看到一个代号（比如「青竹」），看不到你是谁，管理员也看不到。
    要说清楚的是：平台知道谁给机器人发过消息，写得太具体也会被人猜到。
promise-long =
    看信的人和管理员都看不到你是谁；每封信用一个新代号，两封信连不起来。你的账号只加密存着，用来把回信送给你。
    我们挡不住的：平台知道谁发过消息、几点发的；熟人可能从口气和细节猜到；手机被别人拿走就看得到。
    想全部删掉，随时发「全部删掉」。
choose-site = 先选你在哪儿，好知道信给谁看。点一个，或者发站点代码：
choose-site-held = 你的话先替你留着（最多三天），还没有给任何人看。先选你在哪儿：
more-sites = 更多站点：
choose-site-held-by-code = 你的话先替你留着，还没有给任何人看。请发你们站点的代码（海报上有）：
choose-site-by-code = 请发你们站点的代码（海报上有），就知道信该给谁看了。
joined =
    好，「{ $site }」。
    看信的人：{ $readers }{ $note }。
    直接写就行，想到哪儿写到哪儿。
welcome-back =
    又见面了。「{ $site }」看信的人：{ $readers }{ $note }。
    直接写就行。
write-now =
    写吧，这会是新的一封。
    看信的人：{ $readers }{ $note }（「{ $site }」）。
reader-note-none = { "" }
reader-note-outside = ，不是厂里的人
reader-note-inside = （注意：对方也在厂里任职）
reader-pool = 镇团委值班的团干部
no-such-site = 没找到这个站点。看看代码有没有打错，或者发「换站点」从名单里选。

## 短回答

smalltalk-greeting = 在的。有什么想说的，直接写就行，我会转给团干部。
smalltalk-thanks = 不客气。有事随时写。
smalltalk-noise = 收到了，不过还没看到字。想说什么，写一句就行。
only-text = 现在只能收文字。照片、语音、文件没有转出去，也没有留下。请用文字说一说。
say-something = 这条是空的。写一句话再发吧。
too-long = 这条太长了（{ $count } 字）。一条最多 { $most } 字，请分成几条发；刚才的没有转出去。

## 写信

receipt =
    收到，这封信叫「{ $name }」·{ $category }。
    看信的人：{ $reader }{ $note }，{ $due } 前回你。
    还可以接着写，会并成一封。
added = 接在「{ $name }」后面了。还可以接着写，会并成一封。
done = 好，「{ $name }」整封交出去了。
done-already = 「{ $name }」已经交出去了。
retagged = 「{ $name }」改记为「{ $category }」，看信的人：{ $reader }{ $note }。
which-category = 「{ $name }」应该算哪一类？
category-set = 「{ $name }」改成「{ $category }」了，看信的人：{ $reader }{ $note }。
which-case = “{ $words }”——你有几封信还开着（{ $names }）。这是新的事，还是接着说其中一封？
which-letter = 你说的是哪一封？
go-on = 写吧，接着说「{ $name }」。
closed-offer = 「{ $name }」已经结束了。“{ $words }”——重新打开它，还是当新的一封？
taken-back =
    「{ $name }」刚才那封（{ $count } 条）撤回了，字已经销毁。
    如果已经被看过，对方会知道有人撤回。
corrected = 改动已经作为更正送出（「{ $name }」）。
reworded = 改好了，还没送出（「{ $name }」）。
nothing-to-undo = 没有可以撤回的了。

## 我的信

mine-none = 你还没有写过信。直接写一句就行。
mine =
    你的信：
    { $rows }
mine-row = 「{ $name }」{ $category } · { $state }
state-waiting = 等回信
state-answered = 有回信
state-closed = 已结束
fetch-none = 现在没有等着你的回信。有了会直接送到这里。
answer =
    「{ $name }」的回信（{ $who }）：
    { $words }
answer-corrected =
    「{ $name }」的回信有更正：
    { $words }
switched = 「{ $name }」换人看了，现在是：{ $reader }{ $note }。
nobody-else = 「{ $name }」暂时没有别人可以换。可以发「催一下」，或者先撤回。
nudged = 催过了（「{ $name }」）。一天可以催一次。
nudged-already = 「{ $name }」今天已经催过了，明天可以再催。
reader-changed = 「{ $name }」现在由{ $reader }来看{ $note }。
nothing-open-youth = 你现在没有开着的信。直接写一句就是新的一封。
nothing-closed = 没有可以重开的信。

## 结束

solved = 太好了，「{ $name }」结束。这次帮得怎么样？
rated = 记下了，谢谢（{ $count } 分）。看信的人不能改这个分。
closed-by-cadre = { $reader }认为「{ $name }」已经办好了。真的办好了吗？由你说了算。
reopened = 「{ $name }」重新打开了，看信的人：{ $reader }{ $note }。
wipe-sure = 全部删掉：你的记录马上没有，每封信会在 24 小时内陆续销毁（不会同时消失，免得看出是同一个人）。找不回来。确定吗？
wiped =
    你的登记已经删掉。
    每封信在 24 小时内各自销毁，之后连我们也打不开；最后几句来往过一两个小时也会删掉。
    再发一句话，就是全新的开始。
kept = 好，什么都没动。
gone-button = 这个按钮已经用过或过期了。发「我的信」可以重新看到能做的事。
gone-button-staff = 这个按钮已经用过或过期了。发 /inbox 或 /help 看能做什么。
stranger-claimed = 请点上面的按钮确认加入，或者取消。
media-left-out = 字收到了；照片、语音或文件没有转出去，也没有留下。
stranger = 这里是匿名信箱。请先发一句话，或者发 /redeem 加上邀请码。

## 团干部

welcome-cadre = { $who }，您好。来信会以卡片送到这里；回复卡片，或者写「#编号 回复内容」。/inbox 看手上的信，/help 看能做什么。
card =
    ✉ { $name } #{ $code }
    { $site } · { $category }{ $urgency }
    { $words }
    （{ $due } 前答复）
card-more =
    ✉ { $name } #{ $code } 又写了
    { $site } · { $category }{ $urgency }
    { $words }
card-pool =
    ✉ { $name } #{ $code } 还没有人看
    { $site } · { $category }{ $urgency }
    { $words }
card-correction =
    ✎ { $name } #{ $code } 更正：
    { $words }
card-category = { $name } #{ $code } 本人把类别改为「{ $category }」。
card-moved = { $name } 转给别人了，不用再回。
card-renamed = 原来叫{ $before }的这封信，在您这里叫{ $name }。
card-taken-back = { $name } #{ $code } 撤回了一封信，内容已销毁。
card-nudge = { $name } #{ $code } 在等您的答复。
card-solved = { $name } #{ $code } 说：解决了。
card-confirmed = { $name } #{ $code } 确认办好了。
card-reopened = { $name } #{ $code } 重新打开了。
site-unknown = 未说明站点
urgent = { " · 急" }
not-urgent = { "" }
answer-given = 已交出（给{ $name }）；对方下次来时也会收到。{ $seconds } 秒内可以撤回。
correction-given = 更正已交出（给{ $name }）。{ $seconds } 秒内可以撤回。
undone = 撤回了，没有送出（给{ $name }的那条）。
undo-too-late = 已经过了撤回的时间。
which-case-cadre = “{ $words }”——这条发给谁？（也可以写「#编号 内容」）
focus = 接下来写的发给{ $name } #{ $code }。
nothing-open = 您手上没有开着的信。发 /inbox 看看。
nothing-held = 没有等着发的内容了，请重新写一遍。
answer-empty = #{ $code } 后面请写上要回复的话。
which-code = 请写明编号，例如 /close K7Q2M。
link-not-allowed = 回信里不能带这个链接（{ $link }）：对方点开就可能暴露自己。可以写清楚去哪里查，或请管理员把可信的域名加进配置。
close-too-soon = 刚才给{ $name }的答复还没送出，{ $seconds } 秒后再结束。
two-cases = 编号和您引用（或原来）的那封不是同一封，没有送出。请只用一种方式说明是哪一封。
no-such-case = 没有这封信，或者它不归您看。发 /inbox 看手上的信。
inbox-empty = 现在没有等您的信。
inbox =
    手上的信：{ $count } 封
    { $rows }
    { $pool }
inbox-row = { $name } #{ $code } · { $category }{ $urgency } · { $state } · { $due } 前
inbox-pool-row = （还没有人看）{ $name } #{ $code } · { $category }{ $urgency }
inbox-new = 未答复
inbox-again = 又写了
inbox-answered = 已答复
taken = { $name } #{ $code } 归您看了。
transferred = { $name } 已转给{ $reader }。
which-colleague = 把{ $name } #{ $code } 转给谁？
no-such-colleague = 没有这位同事，或者这封信不能给他看。发 /transfer 加编号，从名单里选。
no-colleague = 这里没有别的同事可以接这封信。
closed = { $name } #{ $code } 已结束，等本人确认；本人可以重新打开。
close-unanswered = { $name } #{ $code } 还没有答复，先回一句再结束。

## 管理员

welcome-admin = { $who }，您好。您管站点、邀请和工作量；谁写了信，这里没有办法查，也没有这样的命令。/help 看能做什么。
load =
    各人手上的信（开着的 / 能接的）：
    { $rows }
    还没有人看的：{ $pool } 封
load-row = { $who }：{ $open } / { $capacity }
sites =
    站点 { $count } 个：
    { $rows }
sites-row = { $site }（{ $kind }）· 代码 { $code }
sites-none = 还没有站点。加一个：/sites add 名称 类型，类型是 enterprise、campus、dormitory、community、building_site 之一。
sites-usage = 请这样写：/sites，或者 /sites add 名称 类型 [用人单位]；类型是 enterprise、campus、dormitory、community、building_site 之一，名称里不要空格。
site-exists = 已经有叫「{ $site }」的站点了。
site-added = 加好了：{ $site }（{ $kind }），代码 { $code }。
kind-enterprise = 企业
kind-campus = 校园
kind-dormitory = 宿舍
kind-community = 社区
kind-building_site = 工地
audit =
    最近的操作（链：{ $state }）：
    { $rows }
audit-row = { $number }. { $hour } { $who } { $act } { $subject }
audit-none = 还没有操作记录。
audit-whole = 完整
audit-broken = 被改动过！请立即联系技术人员
command-line = 命令行
invite-usage = 请这样写：/invite 姓名 [站点] [单位]，或者 /invite admin 姓名。不写站点（或写 -）就是全区域；单位是本人的工作单位，用来避开本厂的信。
no-such-site-staff = 没有叫「{ $site }」的站点。发 /sites 看名单。
invite-issued =
    { $name }（{ $role }）的邀请码，{ $due } 前有效，只能用一次：
    { $code }
    请本人私聊机器人，发送：/redeem { $code }
role-cadre = 团干部
role-admin = 管理员
whole-region = 全区域

## 加入

redeem-sure =
    这个邀请是给「{ $name }」的：{ $role }，{ $region } · { $site }。
    是您本人吗？确认后，这个账号就是工作账号，不能再匿名写信。
no-such-invite = 邀请码不对、已经用过，或者过期了。请向管理员要一个新的。
invite-dropped = 好，这个邀请作废了。
redeem-staff = 这个账号已经是工作账号了。
redeem-youth = 这个账号在用匿名信箱。工作账号和匿名信箱不能是同一个：先发「全部删掉」，再发一次邀请码。

## 谁都用得上

which-language = 用哪种语言？ Which language?
language-set = 好，之后用中文。
help-youth =
    直接写就是写信。也可以发这些词：
    { $rows }
    遇到危险打 110 或 120；想找人聊聊打 12355。
help-staff =
    您可以用：
    { $rows }
help-row = { $command } { $word } { $help }
unknown-command = 没有这个命令。发 /help 看能做什么。
failed =
    出了点问题，你的话没有丢，我们会再试。编号 { $reference }。
repeat-mark = 〔再发一次〕
web-no-session = 页面已经过期，请刷新再试。
web-too-large = 这条太长了，没有发出去。一条最多 4000 字，请分成几条。
web-not-understood = 没看懂这次请求，什么都没有发出去。请刷新页面再试。
web-empty = 这条是空的。写一句话再发吧。
web-busy = 现在太忙，没有收下。请过一会儿再发，字还在输入框里。
group-go-private = 这里不收信。想写信，点下面的按钮，到私聊里说，群里看不到。
group-open-button = 打开私聊

## 命令的说明

help-start-youth = 重新开始
help-start-cadre = 开始
help-start-admin = 开始
help-join = 换一个站点
help-promise = 这里怎样保密，做不到什么
help-write = 写新的一封
help-mine = 看自己写过的信
help-fetch = 再看一遍最新的回信
help-wipe = 把我的一切都删掉
help-done = 这封写完了，马上交出去
help-undo-youth = 撤回刚才那封
help-undo-cadre = 撤回刚才的答复（还没送出时）
help-category = 换一个分类
help-switch = 换一个人来看
help-nudge = 催一下（一天一次）
help-solved = 这件事解决了
help-reopen = 重新打开一封信
help-inbox = 手上的信
help-take = 接下还没有人看的信：/take 编号
help-transfer = 转给同事：/transfer 编号 姓名
help-close = 结束：/close 编号
help-load = 各人手上有多少信
help-sites = 站点名单；加站点：/sites add 名称 类型
help-audit = 最近的操作记录
help-invite = 邀请：/invite 姓名 [站点] [单位]，/invite admin 姓名
help-redeem = 用邀请码加入：/redeem 邀请码
help-language = 换语言 / language
help-help = 这张单子

## 按钮

button-site = { $site }
button-write = 写信
button-mine = 我的信
button-more = 更多
button-go-on = 接着说
button-done = 写完了
button-undo = 撤回
button-wrong-category = 分类不对
button-category = { $category }
button-new-letter = 新的事
button-go-on-with = 接着说{ $name }
button-reopen-name = 重开{ $name }
button-name = { $name }
button-reopen = 重新打开
button-solved = 解决了
button-not-solved = 还没有
button-star = { $count } 分
button-wipe = 全部删掉
button-keep = 算了
button-reply = 回复
button-solved-cadre = 办好了
button-hand-over = 转给别人
button-take = 我来看
button-case = { $name } #{ $code }
button-case-reply = 回复{ $name }
button-case-take = 接下{ $name }
button-more-sites = 更多站点
button-next-page = 下一页
button-inbox = 手上的信
button-load = 工作量
button-sites = 站点
button-audit = 记录
button-help = 帮助
button-enrol = 是我，加入
button-not-me = 不是我
button-chinese = 中文
button-english = English
