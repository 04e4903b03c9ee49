# The built-in cmdlets that list mailboxes and other recipients. They read REST resources, and use
# the newest connection. What Microsoft reserves for itself is taken and ignored.

function Get-EXOMailbox {
    <#
    .SYNOPSIS
    Reads mailboxes; few properties, unless -Properties or -PropertySets asks for more.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowNull()][AllowEmptyString()][string]$Identity,
        [Parameter(ParameterSetName = 'Anr')][string]$Anr,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$Filter, [string]$MailboxPlan, [string]$OrganizationalUnit, [string[]]$Properties,
        [ValidateSet('All', 'Minimum', 'AddressList', 'Archive', 'Audit', 'Custom', 'Delivery', 'Hold', 'Moderation', 'Move',
            'Policy', 'PublicFolder', 'Quota', 'Resource', 'Retention', 'SCL', 'SoftDelete', 'StatisticsSeed')]
        [string[]]$PropertySets,
        [string[]]$RecipientTypeDetails, [object]$ResultSize, [switch]$Archive, [switch]$InactiveMailboxOnly,
        [switch]$IncludeInactiveMailbox, [switch]$SoftDeletedMailbox,
        [switch]$Async, [switch]$GroupMailbox, [switch]$Migration, [switch]$PublicFolder
    )
    process {
        $query = ConvertTo-Query $PSBoundParameters @('PropertySets', 'Properties', 'Filter', 'RecipientTypeDetails', 'Anr',
            'OrganizationalUnit', 'MailboxPlan', 'Archive', 'SoftDeletedMailbox', 'IncludeInactiveMailbox', 'InactiveMailboxOnly')
        if (-not $query.PropertySet) { $query.PropertySet = 'Minimum' }
        Invoke-ResourceRequest 'Get-EXOMailbox' 'Mailbox' (Get-AskedIdentity $PSBoundParameters) '' $query $PSBoundParameters
    }
}

function Get-EXOCasMailbox {
    <#
    .SYNOPSIS
    Reads by which protocols a mailbox may be used.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowNull()][AllowEmptyString()][string]$Identity,
        [Parameter(ParameterSetName = 'Anr')][string]$Anr,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$Filter, [string]$OrganizationalUnit, [string[]]$Properties,
        [ValidateSet('All', 'Minimum', 'ActiveSync', 'Ews', 'Imap', 'Mapi', 'Pop', 'ProtocolSettings')][string[]]$PropertySets,
        [object]$ResultSize, [switch]$ProtocolSettings, [switch]$ActiveSyncDebugLogging, [switch]$GetImapProtocolLog,
        [switch]$GetPopProtocolLog, [switch]$IgnoreDefaultScope, [switch]$ReadIsOptimizedForAccessibility, [string[]]$SendLogsTo
    )
    process {
        $query = ConvertTo-Query $PSBoundParameters @('PropertySets', 'Properties', 'Filter', 'Anr', 'OrganizationalUnit', 'ProtocolSettings')
        if (-not $query.PropertySet) { $query.PropertySet = 'Minimum' }
        Invoke-ResourceRequest 'Get-EXOCasMailbox' 'CasMailbox' (Get-AskedIdentity $PSBoundParameters) '' $query $PSBoundParameters
    }
}

function Get-EXORecipient {
    <#
    .SYNOPSIS
    Reads everything that can get mail: mailboxes, groups, contacts, mail users.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [AllowNull()][AllowEmptyString()][string]$Identity,
        [Parameter(ParameterSetName = 'Anr')][string]$Anr,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][Nullable[guid]]$ExternalDirectoryObjectId,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ParameterSetName = 'Identity', ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$Filter, [string]$OrganizationalUnit, [string[]]$Properties,
        [ValidateSet('Minimum', 'Archive', 'Custom', 'MailboxMove', 'Policy')][string[]]$PropertySets,
        [string]$RecipientPreviewFilter, [string[]]$RecipientType, [string[]]$RecipientTypeDetails, [object]$ResultSize,
        [switch]$IncludeSoftDeletedRecipients
    )
    process {
        $query = ConvertTo-Query $PSBoundParameters @('PropertySets', 'Properties', 'Filter', 'RecipientPreviewFilter', 'RecipientType',
            'RecipientTypeDetails', 'Anr', 'OrganizationalUnit', 'IncludeSoftDeletedRecipients')
        if (-not $query.PropertySet) { $query.PropertySet = 'Minimum' }
        Invoke-ResourceRequest 'Get-EXORecipient' 'Recipient' (Get-AskedIdentity $PSBoundParameters) '' $query $PSBoundParameters
    }
}
