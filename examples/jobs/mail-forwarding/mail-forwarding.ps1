<#
.SYNOPSIS
    Finds mail that is forwarded, by mailbox settings and by inbox rules, and tells what leaves the organization.

.DESCRIPTION
    Reads the forwarding of each mailbox and its inbox rules, and compares the targets with the
    accepted domains of the organization. The report is a CSV file.

.PARAMETER Path
    The CSV file to write.

.PARAMETER ExternalOnly
    Only what goes to an address outside the accepted domains.

.PARAMETER IncludeDisabledRules
    Also rules that are switched off at the moment.

.EXAMPLE
    ./mail-forwarding.ps1 -ExternalOnly
    What an auditor asks for first.
#>
[CmdletBinding()]
param(
    [string]$Path = './mail-forwarding.csv',
    [switch]$ExternalOnly,
    [switch]$IncludeDisabledRules
)

function Get-Address {
    # 'smtp:a@b.example', '"Ann" [SMTP:a@b.example]' or an address; nothing for a name inside the organization.
    param([string]$Target)
    if ($Target -match '(?:smtp:|\[smtp:|^)(?<address>[^\s\[\]:"]+@[^\s\[\]"]+)') { $Matches.address }
}

function Get-Reach {
    # Yes, No, or Unknown: a name without an address may be a colleague, or a contact who is somewhere else.
    param([string]$Address)
    if (-not $Address) { return 'Unknown' }
    if ($Address.Split('@')[-1] -in $domains) { 'No' } else { 'Yes' }
}

function New-Finding {
    param($Mailbox, [string]$Via, [string]$Name, [string]$Target, $KeepsCopy)
    $address = Get-Address $Target
    [pscustomobject]@{
        Mailbox     = $Mailbox.PrimarySmtpAddress
        DisplayName = $Mailbox.DisplayName
        Via         = $Via
        Rule        = $Name
        ForwardsTo  = if ($address) { $address } else { $Target }
        External    = Get-Reach $address
        KeepsCopy   = $KeepsCopy
    }
}

function Find-MailboxForwarding {
    param($Mailbox)
    foreach ($setting in 'ForwardingSmtpAddress', 'ForwardingAddress') {
        if ($Mailbox.$setting) { New-Finding $Mailbox $setting '' $Mailbox.$setting $Mailbox.DeliverToMailboxAndForward }
    }
}

function Find-RuleForwarding {
    param($Mailbox)
    foreach ($rule in Get-InboxRule -Mailbox $Mailbox.UserPrincipalName) {
        if (-not $rule.Enabled -and -not $IncludeDisabledRules) { continue }
        foreach ($action in 'ForwardTo', 'ForwardAsAttachmentTo', 'RedirectTo') {
            foreach ($target in $rule.$action) { New-Finding $Mailbox $action $rule.Name $target ($action -ne 'RedirectTo') }
        }
    }
}

Connect-ExchangeOnline -ShowBanner:$false
try {
    $domains = @(Get-AcceptedDomain | ForEach-Object { $_.DomainName })
    $mailboxes = @(Get-Mailbox -ResultSize Unlimited)
    $done = 0
    $findings = foreach ($mailbox in $mailboxes) {
        $done++
        Write-Progress -Activity 'Mail forwarding' -Status "$done of $($mailboxes.Count)" `
            -PercentComplete (100 * $done / $mailboxes.Count)
        Find-MailboxForwarding $mailbox
        Find-RuleForwarding $mailbox
    }
    Write-Progress -Activity 'Mail forwarding' -Completed
}
finally {
    Disconnect-ExchangeOnline -Confirm:$false
}

$findings = @($findings | Where-Object { $_ -and ($_.External -eq 'Yes' -or -not $ExternalOnly) })
$findings | Export-Csv -Path $Path -NoTypeInformation -Encoding utf8
$external = @($findings | Where-Object External -EQ 'Yes')
Write-Host "$($findings.Count) forwardings in $($mailboxes.Count) mailboxes, $($external.Count) of them external: see $Path"
