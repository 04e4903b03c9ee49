<#
.SYNOPSIS
    Reports the size of every mailbox and when it was last used.

.DESCRIPTION
    Lists the mailboxes of the organization, then reads the statistics of each. In a large
    organization that is one call a mailbox and takes hours, longer than a token lives.

.PARAMETER RecipientTypeDetails
    Only mailboxes of these kinds, for example SharedMailbox. All kinds when left out.

.PARAMETER LargerThanMB
    Only mailboxes of at least this size in megabytes.

.EXAMPLE
    ./mailbox-sizes.ps1 -RecipientTypeDetails SharedMailbox -LargerThanMB 40000
    Shared mailboxes that come close to the limit of those without a licence.

.OUTPUTS
    One object a mailbox: Identity, DisplayName, PrimarySmtpAddress, RecipientTypeDetails,
    ItemCount, TotalItemSizeBytes, LastLogonTime.
#>
[CmdletBinding()]
param(
    [string[]]$RecipientTypeDetails,

    [ValidateRange(0, [int]::MaxValue)]
    [int]$LargerThanMB = 0
)

function ConvertTo-Byte {
    # A size comes as a number, or as text like '1.5 GB (1,610,612,736 bytes)'.
    param($Size)
    if ($null -eq $Size) { return $null }
    if ("$Size" -match '\(([\d.,]+) bytes\)') { return [long]($Matches[1] -replace '[.,]') }
    [long]"$Size"
}

Connect-ExchangeOnline -ShowBanner:$false
try {
    Write-Progress -Activity 'Mailbox sizes' -Status 'Listing the mailboxes'
    $filter = @{}
    if ($RecipientTypeDetails) { $filter.RecipientTypeDetails = $RecipientTypeDetails }
    $mailboxes = @(Get-EXOMailbox -ResultSize Unlimited @filter)

    $done = 0
    foreach ($mailbox in $mailboxes) {
        $done++
        Write-Progress -Activity 'Mailbox sizes' -Status "$done of $($mailboxes.Count)" `
            -CurrentOperation $mailbox.DisplayName -PercentComplete (100 * $done / $mailboxes.Count)

        # By an address: several mailboxes may bear one display name.
        $statistics = Get-EXOMailboxStatistics -UserPrincipalName $mailbox.UserPrincipalName -Properties LastLogonTime
        $bytes = ConvertTo-Byte $statistics.TotalItemSize
        if ($bytes -lt $LargerThanMB * 1MB) { continue }

        [pscustomobject]@{
            Identity             = $mailbox.Identity
            DisplayName          = $mailbox.DisplayName
            PrimarySmtpAddress   = $mailbox.PrimarySmtpAddress
            RecipientTypeDetails = $mailbox.RecipientTypeDetails
            ItemCount            = $statistics.ItemCount
            TotalItemSizeBytes   = $bytes
            LastLogonTime        = $statistics.LastLogonTime
        }
    }
    Write-Progress -Activity 'Mailbox sizes' -Completed
}
finally {
    Disconnect-ExchangeOnline -Confirm:$false
}
