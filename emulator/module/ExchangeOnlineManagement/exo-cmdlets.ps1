# The cmdlets that are built into the module. They read REST resources, and use the newest connection.

function Get-EXOMailbox {
    <#
    .SYNOPSIS
    Reads mailboxes; few properties, unless -Properties or -PropertySets asks for more.
    #>
    [CmdletBinding(DefaultParameterSetName = 'Identity')]
    param(
        [Parameter(ParameterSetName = 'Identity', Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
        [string]$Identity,
        [Parameter(ParameterSetName = 'Anr')][string]$Anr,
        [Parameter(ValueFromPipelineByPropertyName)][string]$ExternalDirectoryObjectId,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string[]]$Properties,
        [ValidateSet('All', 'Minimum', 'AddressList', 'Archive', 'Audit', 'Custom', 'Delivery', 'Hold', 'Moderation', 'Move',
            'Policy', 'PublicFolder', 'Quota', 'Resource', 'Retention', 'SCL', 'SoftDelete', 'StatisticsSeed')]
        [string[]]$PropertySets,
        [string[]]$RecipientTypeDetails, [string]$Filter, [string]$OrganizationalUnit, [string]$MailboxPlan,
        [switch]$Archive, [switch]$SoftDeletedMailbox, [switch]$IncludeInactiveMailbox, [switch]$InactiveMailboxOnly, $ResultSize
    )
    process {
        $id = @($ExternalDirectoryObjectId, $UserPrincipalName, $PrimarySmtpAddress, $Identity -ne '')[0]
        $query = [ordered]@{
            PropertySet            = $PropertySets
            '$select'              = $Properties
            '$filter'              = $Filter
            RecipientTypeDetails   = $RecipientTypeDetails
            Anr                    = $Anr
            OrganizationalUnit     = $OrganizationalUnit
            MailboxPlan            = $MailboxPlan
        }
        foreach ($name in 'Archive', 'SoftDeletedMailbox', 'IncludeInactiveMailbox', 'InactiveMailboxOnly') {
            if ($PSBoundParameters[$name]) { $query[$name] = 'true' }
        }
        if (-not $query.PropertySet) { $query.PropertySet = 'Minimum' }
        Invoke-ResourceRequest 'Get-EXOMailbox' 'Mailbox' $id '' $query $ResultSize
    }
}

function Get-EXOMailboxStatistics {
    <#
    .SYNOPSIS
    Reads how much is in a mailbox and when it was last used.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][string]$ExchangeGuid,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [string]$DatabaseGuid, [string[]]$Properties, [ValidateSet('All', 'Minimum')][string[]]$PropertySets,
        [switch]$Archive, [switch]$IncludeSoftDeletedRecipients
    )
    process {
        $id = Select-Identity 'Get-EXOMailboxStatistics' $ExchangeGuid, $UserPrincipalName, $PrimarySmtpAddress, $Identity
        $query = [ordered]@{ PropertySet = $PropertySets; '$select' = $Properties; DatabaseGuid = $DatabaseGuid }
        if ($Archive) { $query.Archive = 'true' }
        if ($IncludeSoftDeletedRecipients) { $query.IncludeSoftDeletedRecipients = 'true' }
        Invoke-ResourceRequest 'Get-EXOMailboxStatistics' 'Mailbox' $id 'Exchange.GetMailboxStatistics()' $query
    }
}

function Get-EXOMailboxPermission {
    <#
    .SYNOPSIS
    Reads who may open a mailbox.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][string]$ExternalDirectoryObjectId,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [switch]$SoftDeletedMailbox, $ResultSize
    )
    process {
        $id = Select-Identity 'Get-EXOMailboxPermission' $ExternalDirectoryObjectId, $UserPrincipalName, $PrimarySmtpAddress, $Identity
        $query = @{}
        if ($SoftDeletedMailbox) { $query.SoftDeletedMailbox = 'true' }
        Invoke-ResourceRequest 'Get-EXOMailboxPermission' 'Mailbox' $id 'MailboxPermission' $query $ResultSize
    }
}

function Get-EXORecipientPermission {
    <#
    .SYNOPSIS
    Reads who may send as a recipient.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)][string]$Identity,
        [Parameter(ValueFromPipelineByPropertyName)][string]$ExternalDirectoryObjectId,
        [Parameter(ValueFromPipelineByPropertyName)][string]$PrimarySmtpAddress,
        [Parameter(ValueFromPipelineByPropertyName)][string]$UserPrincipalName,
        [string]$Trustee, [string[]]$AccessRights, $ResultSize
    )
    process {
        $id = Select-Identity 'Get-EXORecipientPermission' $ExternalDirectoryObjectId, $UserPrincipalName, $PrimarySmtpAddress, $Identity
        Invoke-ResourceRequest 'Get-EXORecipientPermission' 'Recipient' $id 'RecipientPermission' @{} $ResultSize |
            Where-Object { -not $Trustee -or $_.Trustee -eq $Trustee } |
            Where-Object { -not $AccessRights -or ($_.AccessRights | Where-Object { $_ -in $AccessRights }) }
    }
}
