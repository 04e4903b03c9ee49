# The built-in cmdlets that read how much is in a mailbox, and which devices use it.
#
# Their pages give -Identity no position, but published scripts give it by position everywhere.

function Get-EXOMailboxStatistics {
    <#
    .SYNOPSIS
    Reads how much is in a mailbox and when it was last used.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][Nullable[guid]]$DatabaseGuid,
        [Parameter(ValueFromPipelineByPropertyName)][Nullable[guid]]$ExchangeGuid,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string[]]$Properties, [ValidateSet('All', 'Minimum')][string[]]$PropertySets,
        [switch]$Archive, [switch]$IncludeSoftDeletedRecipients, [switch]$IncludeMoveHistory, [switch]$IncludeMoveReport
    )
    process {
        $id = Get-RequiredIdentity 'Get-EXOMailboxStatistics' $PSBoundParameters
        $query = ConvertTo-Query $PSBoundParameters 'PropertySets', 'Properties', 'DatabaseGuid', 'Archive', 'IncludeSoftDeletedRecipients'
        Invoke-ResourceRequest 'Get-EXOMailboxStatistics' 'Mailbox' $id 'Exchange.GetMailboxStatistics()' $query $PSBoundParameters
    }
}

function Get-EXOMailboxFolderStatistics {
    <#
    .SYNOPSIS
    Reads how much is in each folder of a mailbox.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [ValidateSet('All', 'Archive', 'Calendar', 'Clutter', 'Contacts', 'ConversationHistory', 'DeletedItems', 'Drafts', 'Inbox',
            'Journal', 'JunkEmail', 'LegacyArchiveJournals', 'ManagedCustomFolder', 'NonIpmRoot', 'Notes', 'Outbox', 'Personal',
            'RecoverableItems', 'RssSubscriptions', 'SentItems', 'SyncIssues', 'Tasks')]
        [string]$FolderScope = 'All',
        [switch]$Archive, [switch]$IncludeOldestAndNewestItems, [switch]$IncludeSoftDeletedRecipients,
        [string]$DiagnosticInfo, [switch]$IncludeAnalysis
    )
    process {
        $id = Get-RequiredIdentity 'Get-EXOMailboxFolderStatistics' $PSBoundParameters
        $member = "MailboxFolder/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'$FolderScope')"
        $query = ConvertTo-Query $PSBoundParameters 'Archive', 'IncludeOldestAndNewestItems', 'IncludeSoftDeletedRecipients'
        Invoke-ResourceRequest 'Get-EXOMailboxFolderStatistics' 'Mailbox' $id $member $query $PSBoundParameters
    }
}

function Get-EXOMobileDeviceStatistics {
    <#
    .SYNOPSIS
    Reads the mobile devices of a mailbox, or one device by its -Identity.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ParameterSetName = 'MobileDeviceIdentity', ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Mailbox,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [switch]$ActiveSync, [switch]$OWAforDevices, [switch]$RestApi, [switch]$UniversalOutlook,
        [switch]$GetMailboxLog, [string[]]$NotificationEmailAddresses, [switch]$ShowRecoveryPassword
    )
    process {
        $query = ConvertTo-Query $PSBoundParameters 'ActiveSync', 'OWAforDevices', 'RestApi', 'UniversalOutlook'
        $resource, $member, $id = 'Mailbox', 'MobileDevice/Exchange.GetMobileDeviceStatistics()', $Mailbox
        if (-not $id) { $id = Get-RequiredIdentity 'Get-EXOMobileDeviceStatistics' $PSBoundParameters }
        # Only -Identity names a device; the other names, which a piped mailbox has too, are its owner's.
        if ($id -ceq $Identity) { $resource, $member = 'MobileDevice', 'Exchange.GetMobileDeviceStatistics()' }
        Invoke-ResourceRequest 'Get-EXOMobileDeviceStatistics' $resource $id $member $query $PSBoundParameters
    }
}
