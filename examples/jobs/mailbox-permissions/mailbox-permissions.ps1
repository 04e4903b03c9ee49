<#
.SYNOPSIS
    Reports who else can open a mailbox, send as it, or send on its behalf.

.DESCRIPTION
    Leaves out what a mailbox's owner may do and what is inherited, so that each row is a grant
    that somebody made.

.PARAMETER Permission
    Which grants to read: FullAccess, SendAs, SendOnBehalf. All three when left out.

.PARAMETER RecipientTypeDetails
    Only mailboxes of these kinds, for example SharedMailbox. All kinds when left out.

.EXAMPLE
    ./mailbox-permissions.ps1 -Permission FullAccess -RecipientTypeDetails UserMailbox
    Who reads other people's mail.

.OUTPUTS
    One object a grant: Mailbox, DisplayName, RecipientTypeDetails, Permission, Trustee, Rights.
#>
[CmdletBinding()]
param(
    [ValidateSet('FullAccess', 'SendAs', 'SendOnBehalf')]
    [string[]]$Permission = @('FullAccess', 'SendAs', 'SendOnBehalf'),

    [string[]]$RecipientTypeDetails
)

$owner = 'NT AUTHORITY\SELF'

function New-Grant {
    param($Mailbox, [string]$Permission, [string]$Trustee, [string[]]$Rights)
    [pscustomobject]@{
        Mailbox              = $Mailbox.PrimarySmtpAddress
        DisplayName          = $Mailbox.DisplayName
        RecipientTypeDetails = $Mailbox.RecipientTypeDetails
        Permission           = $Permission
        Trustee              = $Trustee
        Rights               = $Rights -join ', '
    }
}

function Get-FullAccessGrant {
    param($Mailbox)
    Get-EXOMailboxPermission -Identity $Mailbox.UserPrincipalName |
        Where-Object { $_.AccessRights -contains 'FullAccess' -and -not $_.Deny } |
        Where-Object { -not $_.IsInherited -and $_.User -ne $owner } |
        ForEach-Object { New-Grant $Mailbox 'FullAccess' $_.User $_.AccessRights }
}

function Get-SendAsGrant {
    param($Mailbox)
    Get-EXORecipientPermission -Identity $Mailbox.UserPrincipalName |
        Where-Object { $_.AccessRights -contains 'SendAs' -and $_.AccessControlType -ne 'Deny' } |
        Where-Object { -not $_.IsInherited -and $_.Trustee -ne $owner } |
        ForEach-Object { New-Grant $Mailbox 'SendAs' $_.Trustee $_.AccessRights }
}

Connect-ExchangeOnline -ShowBanner:$false
try {
    $filter = @{}
    if ($RecipientTypeDetails) { $filter.RecipientTypeDetails = $RecipientTypeDetails }
    $mailboxes = @(Get-EXOMailbox -ResultSize Unlimited -Properties GrantSendOnBehalfTo @filter)
    $done = 0
    foreach ($mailbox in $mailboxes) {
        $done++
        Write-Progress -Activity 'Mailbox permissions' -Status "$done of $($mailboxes.Count)" `
            -PercentComplete (100 * $done / $mailboxes.Count)
        if ($Permission -contains 'FullAccess') { Get-FullAccessGrant $mailbox }
        if ($Permission -contains 'SendAs') { Get-SendAsGrant $mailbox }
        if ($Permission -contains 'SendOnBehalf') {
            foreach ($trustee in $mailbox.GrantSendOnBehalfTo) { New-Grant $mailbox 'SendOnBehalf' $trustee 'SendOnBehalf' }
        }
    }
    Write-Progress -Activity 'Mailbox permissions' -Completed
}
finally {
    Disconnect-ExchangeOnline -Confirm:$false
}
